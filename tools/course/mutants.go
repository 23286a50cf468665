package main

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"loopback/tools/author/mutants"
)

func newMutants() *cobra.Command {
	var o mutants.Options
	c := &cobra.Command{
		Use:   "mutants UNIT",
		Short: "say which small changes of the reference program no scenario notices",
		Long: `Mutants grades the reference program of a unit again and again, each time with one
small change, as a slip of a learner's would be: a statement is missing, a condition
is the other way round, a number is one more, an error is dropped. It prints the
changes with which the program passes. Some of them mean nothing; for each of the
others a scenario is missing, or the line is.

A unit takes some minutes. The exit status is 0 in any case but that of an error:
what passes is for you to judge.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeUnit,
		RunE: func(c *cobra.Command, args []string) error {
			return tryMutants(c, args[0], o)
		},
	}
	c.Flags().StringVar(&o.File, "file", "", "change this `file`, a main.go that passes (default: the reference's)")
	c.Flags().IntVarP(&o.Parallel, "parallel", "j", 0, "how many gradings at once (default: as many as processors)")
	c.Flags().BoolVar(&o.Race, "race", false, "build each with the race detector (needs a C compiler)")
	return c
}

func tryMutants(c *cobra.Command, unit string, o mutants.Options) error {
	u, err := loadUnit(unit)
	if err != nil {
		return err
	}
	if o.File == "" {
		o.File = filepath.Join(u.Root, "solutions", u.Name, "main.go")
	}
	start, count := time.Now(), map[string]int{}
	o.Told = func(m mutants.Mutant, f mutants.Fate) {
		count[f.How]++
		switch f.How {
		case mutants.Passed:
			fmt.Printf("main.go:%d  %s\n", m.Line, m.What)
		case mutants.NotKnown:
			fmt.Printf("main.go:%d  %s  (%s %s)\n", m.Line, m.What, f.How, f.Scenario)
		}
	}
	err = mutants.All(c.Context(), u, o)
	fmt.Printf("%d caught, %d passed, %d could not be graded, %d did not compile (%.0f s)\n", count[mutants.Caught],
		count[mutants.Passed], count[mutants.NotKnown], count[mutants.NotBuilt], time.Since(start).Seconds())
	return err
}
