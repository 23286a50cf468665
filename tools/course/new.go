package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"loopback/tools/author/skeleton"
	"loopback/tools/companion/coach"
)

func newNew() *cobra.Command {
	return &cobra.Command{
		Use:   "new NN-SLUG",
		Short: "begin a new unit of the course",
		Long: `New writes the files that a unit begins with, in the four trees: a chapter, a
stub, a solution and a scenario. They compile, and the solution passes. What is
missing then, course check says.

The name is final, and the only registry: the number is the unit's place.`,
		Example: "  go run ./tools/course new 21-fan-out",
		Args:    takes(1, "NN-SLUG"),
		RunE: func(_ *cobra.Command, args []string) error {
			dir, err := root()
			if err != nil {
				return err
			}
			files, err := skeleton.Write(dir, args[0])
			if err != nil {
				return err
			}
			for _, f := range files {
				fmt.Println("written:", f)
			}
			fmt.Printf("\nNext: write the scenarios and the solution, then see what is missing:\n  %s check %s\n",
				coach.Command, args[0])
			return nil
		},
	}
}
