package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"loopback/tools/base/screen"
)

func newSolution() *cobra.Command {
	spoil, mistakes := false, false
	c := &cobra.Command{
		Use:   "solution UNIT",
		Short: "compare your program with the reference, once it passes",
		Long: `Solution shows what differs between your program and the reference, our programs
for the challenges that you have passed, and, with --mistakes, those of others:
wrong programs, what their authors believe, and what they do on the wire.

It is sealed until the exercise passes, and stays open from then on. --spoil opens
it before; your program is not touched. On a terminal it is shown with your PAGER,
if you have set one.`,
		Example: `  go run ./tools/course solution 02
  PAGER=less go run ./tools/course solution 02 --spoil`,
		Args:              takes(1, "UNIT"),
		ValidArgsFunction: completeUnit,
		RunE: func(c *cobra.Command, args []string) error {
			co, unit, err := coachFor(args[0])
			if err != nil {
				return err
			}
			text, open, err := co.Solution(c.Context(), unit, spoil, mistakes)
			if err != nil {
				return err
			}
			tell(co)
			if !open {
				fmt.Fprint(os.Stderr, text)
				return status(notAll)
			}
			out := screen.New(os.Stdout)
			if pager := strings.Fields(os.Getenv("PAGER")); len(pager) > 0 && out.Moves() {
				return page(pager, strings.NewReader(text))
			}
			out.Print(text)
			return nil
		},
	}
	c.Flags().BoolVar(&mistakes, "mistakes", false, "also show the wrong programs of the unit")
	c.Flags().BoolVar(&spoil, "spoil", false, "open it although the exercise does not pass")
	return c
}
