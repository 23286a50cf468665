package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"loopback/tools/author/laws"
	"loopback/tools/base/record"
)

func newCheck() *cobra.Command {
	var fix, full bool
	var private string
	c := &cobra.Command{
		Use:   "check [UNIT]",
		Short: "check that the course keeps its own laws",
		Long: `Check looks at one unit, or at all: names and files, stubs that say they are
unsolved, solutions and right variants that pass, wrong programs that are failed
by the scenario meant for them with the recorded report. With --full wrong
programs meet every scenario: they must be failed by none before the one meant
for them, and every scenario must be failed by one of them. Without a unit it
also compares the chapters with the code, runs their terminal sessions and plays
the scenarios of their pictures.

With --fix it records reports and rewrites generated pages; look at the
difference before you commit it.

With --hidden it tries the scenarios in that folder, and nothing else: the solution
and the right variants must pass each, and it says which wrong programs of the unit
each catches.`,
		Args:              takes(0, "UNIT"),
		ValidArgsFunction: completeUnit,
		RunE: func(c *cobra.Command, args []string) error {
			dir, unit, err := rootAndUnit(args)
			if err != nil {
				return err
			}
			if private != "" {
				if fix || full {
					return errors.New("--hidden excludes --fix and --full")
				}
				return tryHidden(c.Context(), dir, private, unit)
			}
			start := time.Now()
			note := func(line string) { fmt.Fprintln(os.Stderr, line) }
			problems := laws.Check(c.Context(), dir, unit, laws.Options{Fix: fix, Full: full, Note: note})
			if c.Context().Err() != nil {
				fmt.Fprintln(os.Stderr, "interrupted: nothing is known about the rest")
				return status(cannot)
			}
			for _, p := range problems {
				fmt.Println(p)
			}
			found := len(problems)
			if unit == "" {
				n, err := checkText(c.Context(), dir, fix)
				if err != nil {
					return err
				}
				found += n
			}
			if found > 0 {
				fmt.Fprintf(os.Stderr, "%s\n", record.Number(found, "problem"))
				return status(notAll)
			}
			fmt.Printf("all laws hold (%.1f s)\n", time.Since(start).Seconds())
			return nil
		},
	}
	hiddenFlag(c, &private)
	c.Flags().BoolVar(&full, "full", false, "run wrong programs against every scenario")
	c.Flags().BoolVar(&fix, "fix", false, "record reports and write generated pages")
	return c
}

// tryHidden says what comes of the hidden scenarios in a folder, those of one unit or of all.
func tryHidden(ctx context.Context, root, private, unit string) error {
	var units []string
	if unit != "" {
		units = []string{unit}
	}
	hidden, err := hiddenOf(root, private, units)
	if err != nil {
		return err
	}
	note := func(line string) { fmt.Fprintln(os.Stderr, line) }
	trials, problems := laws.TryHidden(ctx, root, hidden, laws.Options{Note: note})
	if ctx.Err() != nil {
		fmt.Fprintln(os.Stderr, "interrupted: nothing is known about the rest")
		return status(cannot)
	}
	for _, t := range trials {
		fmt.Printf("%s/%s: %d of %d right programs pass it, and it catches %d of %d wrong ones\n", t.Unit, t.ID,
			t.Passed, t.Right, len(t.Caught), t.Wrong)
		for _, one := range t.Caught {
			fmt.Println("  " + one)
		}
	}
	for _, p := range problems {
		fmt.Println(p)
	}
	if len(problems) > 0 {
		fmt.Fprintln(os.Stderr, record.Number(len(problems), "problem"))
		return status(notAll)
	}
	return nil
}

// rootAndUnit returns the course's root and the unit in args, "" when there is
// none.
func rootAndUnit(args []string) (dir, unit string, err error) {
	if len(args) == 1 {
		u, err := loadUnit(args[0])
		if err != nil {
			return "", "", err
		}
		return u.Root, u.Name, nil
	}
	dir, err = root()
	return dir, "", err
}
