package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"loopback/tools/weave"
)

func newWeave() *cobra.Command {
	var fix bool
	c := &cobra.Command{
		Use:   "weave",
		Short: "check that the chapters say what the code says",
		Long: `Weave compares every block of the chapters with its source, and checks names,
scenarios, links and the table of contents. It runs no program.

With --fix it first writes again what has exactly one right form: whole
declarations, differences, scenarios, reports and SUMMARY.md. It never writes
prose; look at the difference before you commit it.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			dir, err := root()
			if err != nil {
				return err
			}
			if fix {
				if err := rewrite(dir); err != nil {
					return err
				}
			}
			problems := weave.Check(dir)
			for _, p := range problems {
				fmt.Println(p)
			}
			if len(problems) > 0 {
				fmt.Fprintf(os.Stderr, "%d problems\n", len(problems))
				return status(notAll)
			}
			fmt.Println("text and code agree")
			return nil
		},
	}
	c.Flags().BoolVar(&fix, "fix", false, "write blocks and SUMMARY.md again")
	return c
}

// rewrite writes what can be written and says which files it changed.
func rewrite(dir string) error {
	changed, err := weave.Fix(dir)
	for _, file := range changed {
		fmt.Fprintln(os.Stderr, "written:", file)
	}
	return err
}
