package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"loopback/tools/base/record"
	"loopback/tools/class/export"
	"loopback/tools/class/term"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
)

type exportFlags struct {
	out, hidden, course, feedback string
}

func newExport() *cobra.Command {
	var f exportFlags
	c := &cobra.Command{
		Use:   "export ENGINE [UNIT]",
		Short: "write what an engine that grades needs",
		Long: `Export writes into the folder in --out what an engine needs to grade one unit:
its scripts and settings, this command, compiled without cgo, and a course with
the unit's scenarios and nothing that answers them. ENGINE is one of:

  gradescope    autograder.zip, with setup.sh and run_autograder
  classroom50   autograder.py and what goes into its bundle
  autolab       autograde-Makefile and autograde.tar
  prairielearn  info.json, a Dockerfile and its entrypoint
  ci            workflows for GitHub and GitLab, for practice

With --hidden scenarios of your own go with them, where learners cannot read what
an engine gets: gradescope, autolab and prairielearn. What a learner then sees of
them is what batch shows, and --feedback says how much of all others.

With --course and no UNIT there is a folder in --out for each unit of that course.
What a unit is worth there is the score that gradescope and autolab get; for the
others it is set in the engine.`,
		Example: `  go run ./tools/course export gradescope 02-echo-once --out gradescope-02
  course export autolab 02-echo-once --out autolab-02 --hidden private`,
		Args: takes(1, "ENGINE", "UNIT"),
		ValidArgsFunction: func(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return export.Engines(), cobra.ShellCompDirectiveNoFileComp
			}
			return completeUnit(c, args[1:], typed)
		},
		RunE: func(_ *cobra.Command, args []string) error { return f.run(args[0], args[1:]) },
	}
	c.Flags().StringVar(&f.out, "out", "", "the `folder` to write to")
	c.Flags().StringVar(&f.course, "course", "", "a YAML `file` that says which units count, and how much")
	c.Flags().StringVar(&f.feedback, "feedback", string(result.FeedbackFull), feedbackHelp)
	hiddenFlag(c, &f.hidden)
	c.MarkFlagDirname("out")
	return c
}

// run exports the unit that is named, or those of a course.
func (f *exportFlags) run(engine string, unit []string) error {
	switch {
	case len(unit) == 0 && f.course == "":
		return errors.New("export needs a UNIT, or --course FILE; for example: " +
			"course export gradescope 02 --out gradescope-02")
	case f.out == "":
		return errors.New("export needs --out FOLDER, to write to")
	case !slices.Contains(result.Feedbacks, result.Feedback(f.feedback)):
		return fmt.Errorf("--feedback must be full, actual-only or none, not %q", f.feedback)
	}
	root, err := root()
	if err != nil {
		return err
	}
	var t term.Term
	if f.course != "" {
		name := func(short string) (string, error) { return unitName(root, short) }
		if t, err = term.Read(f.course, name); err != nil {
			return err
		}
	}
	if len(unit) == 0 {
		return f.write(engine, root, t, t.Units(), func(unit string) string { return filepath.Join(f.out, unit) })
	}
	one, err := unitName(root, unit[0])
	if err != nil {
		return err
	}
	if _, ok := t[one]; t != nil && !ok {
		return fmt.Errorf("%s: %s is not a unit of this course", f.course, one)
	}
	return f.write(engine, root, t, []string{one}, func(string) string { return f.out })
}

// write exports units, each into the folder that out gives for it.
func (f *exportFlags) write(engine, root string, t term.Term, units []string, out func(unit string) string) error {
	var hidden map[string][]scenario.Hidden
	if f.hidden != "" {
		var err error
		if hidden, err = readHidden(root, f.hidden, units...); err != nil {
			return err
		}
	}
	var all []export.Options
	for _, name := range units {
		if err := playable(root, name, hidden[name]); err != nil {
			return err
		}
		u, err := scenario.LoadUnit(root, name)
		if err != nil {
			return err
		}
		all = append(all, export.Options{Unit: u, Hidden: hidden[name], Feedback: result.Feedback(f.feedback),
			Points: t[name].Points, Out: out(name), Build: buildCourse(root)})
	}
	for _, o := range all {
		written, err := export.Write(engine, o)
		if err != nil {
			return err
		}
		more := ""
		if n := len(o.Hidden); n > 0 {
			more = ", with " + record.Number(n, "hidden scenario")
		}
		fmt.Printf("%s: %s%s\n", o.Out, strings.Join(written, ", "), more)
	}
	return nil
}

// playable says what is wrong with hidden scenarios before anything is written.
func playable(root, unit string, hidden []scenario.Hidden) error {
	u, err := scenario.LoadUnit(root, unit)
	if err != nil {
		return err
	}
	return u.Add(hidden)
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
