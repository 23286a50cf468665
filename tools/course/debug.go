package main

import (
	"os"

	"github.com/spf13/cobra"

	"loopback/tools/base/screen"
	"loopback/tools/companion/coach"
)

func newDebug() *cobra.Command {
	var o coach.DebugOptions
	c := &cobra.Command{
		Use:   "debug [UNIT]",
		Short: "find the mistake in another program, and mend it",
		Long: `Debug hands out a program with a mistake in it, of UNIT or of any unit: a copy
in the folder debug, which Git ignores. You see the rule that it breaks and what
went over the wire, and nothing else. Find the mistake and mend it.

Called again it grades your program by all scenarios of the unit. When they pass
it shows how much you have changed and how much we would, what the author of the
program believes, and our mend. --give-up shows that at once.

A program that you have mended is not handed out again. Programs of exercises
that you have solved come first: the others show most of an answer.`,
		Example: `  go run ./tools/course debug
  go run ./tools/course debug 04`,
		Args:              takes(0, "UNIT"),
		ValidArgsFunction: completeUnit,
		RunE:              func(c *cobra.Command, args []string) error { return runDebug(c, args, o) },
	}
	c.Flags().BoolVar(&o.Check, "check", false, "grade the program at work, and never hand one out")
	c.Flags().BoolVar(&o.GiveUp, "give-up", false, "show the answer")
	c.Flags().IntVar(&o.Seed, "seed", 0,
		"of the order in which programs are handed out: the same `number` gives the same (default: yours)")
	c.MarkFlagsMutuallyExclusive("check", "give-up")
	return c
}

func runDebug(c *cobra.Command, args []string, o coach.DebugOptions) error {
	co, err := newCoach()
	if err != nil {
		return err
	}
	if len(args) > 0 {
		if o.Unit, err = unitName(co.Root, args[0]); err != nil {
			return err
		}
	}
	d, err := co.Debug(c.Context(), o)
	if err != nil {
		return err
	}
	tell(co)
	screen.New(os.Stdout).Print(d.Text)
	switch {
	case d.Unknown:
		return status(cannot)
	case d.Fails:
		return status(notAll)
	}
	return nil
}
