package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"loopback/tools/class/export"
)

func newExport() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "export ENGINE UNIT",
		Short: "write what an engine that grades needs",
		Long: `Export writes into the folder in --out what an engine needs to grade one unit:
its scripts and settings, this command, compiled without cgo, and a course with
the unit's scenarios and nothing that answers them. ENGINE is one of:

  gradescope    autograder.zip, with setup.sh and run_autograder
  classroom50   autograder.py and what goes into its bundle
  autolab       autograde-Makefile and autograde.tar
  prairielearn  info.json, a Dockerfile and its entrypoint
  ci            workflows for GitHub and GitLab, for practice`,
		Example: `  go run ./tools/course export gradescope 02-echo-once --out gradescope-02`,
		Args:    takes(2, "ENGINE", "UNIT"),
		ValidArgsFunction: func(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return export.Engines(), cobra.ShellCompDirectiveNoFileComp
			}
			return completeUnit(c, args[1:], typed)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			u, err := loadUnit(args[1])
			if err != nil {
				return err
			}
			if out == "" {
				return errors.New("export needs --out FOLDER, to write to")
			}
			written, err := export.Write(args[0], export.Options{Unit: u, Out: out, Build: buildCourse(u.Root)})
			if err != nil {
				return err
			}
			fmt.Printf("%s: %s\n", out, strings.Join(written, ", "))
			return nil
		},
	}
	c.Flags().StringVar(&out, "out", "", "the `folder` to write to")
	c.MarkFlagDirname("out")
	return c
}

// buildCourse compiles this command so that it runs on any Linux.
func buildCourse(root string) func(to string) error {
	return func(to string) error {
		to, err := filepath.Abs(to)
		if err != nil {
			return err
		}
		fmt.Fprintln(os.Stderr, "compiling the command for Linux, without cgo; the first time that takes some minutes")
		cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", to, "./tools/course")
		cmd.Dir, cmd.Stderr = root, os.Stderr
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
		return cmd.Run()
	}
}
