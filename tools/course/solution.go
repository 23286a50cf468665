package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"loopback/tools/screen"
)

func newSolution() *cobra.Command {
	spoil := false
	c := &cobra.Command{
		Use:   "solution UNIT",
		Short: "compare your program with the reference, once it passes",
		Long: `Solution shows what differs between your program and the reference, and then the
mistakes of others: wrong programs, what their authors believe, and what their
programs do on the wire.

It is sealed until the exercise passes, and stays open from then on. --spoil opens
it before; your program is not touched.`,
		Example: `  go run ./tools/course solution 02
  go run ./tools/course solution 02 --spoil | less`,
		Args:              takes(1, "UNIT"),
		ValidArgsFunction: completeUnit,
		RunE: func(c *cobra.Command, args []string) error {
			co, err := newCoach()
			if err != nil {
				return err
			}
			unit, err := unitName(co.Root, args[0])
			if err != nil {
				return err
			}
			text, open, err := co.Solution(c.Context(), unit, spoil)
			if err != nil {
				return err
			}
			tell(co)
			if !open {
				fmt.Fprint(os.Stderr, text)
				return status(notAll)
			}
			screen.New(os.Stdout).Print(text)
			return nil
		},
	}
	c.Flags().BoolVar(&spoil, "spoil", false, "open it although the exercise does not pass")
	return c
}
