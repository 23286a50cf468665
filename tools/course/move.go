package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"loopback/tools/author/skeleton"
	"loopback/tools/companion/coach"
)

func newRename() *cobra.Command {
	return &cobra.Command{
		Use:   "rename UNIT NN-SLUG",
		Short: "give a unit another name",
		Long: `Rename moves what a unit has in the four trees, and its pictures, and writes the
new name wherever the old one stands in a text of the course. Look at the
difference before you commit it. Learners know a unit by its name: once it is
published its name is final.`,
		Example: "  go run ./tools/course rename 21-fan-out 22-fan-in",
		Args:    takes(2, "UNIT", "NN-SLUG"),
		RunE: func(_ *cobra.Command, args []string) error {
			dir, err := root()
			if err != nil {
				return err
			}
			changed, err := skeleton.Rename(dir, args[0], args[1])
			if err != nil {
				return err
			}
			fmt.Printf("%s is %s now; %d files named it.\n", args[0], args[1], len(changed))
			fmt.Printf("Next: %s weave --fix, and %s check %s\n", coach.Command, coach.Command, args[1])
			return nil
		},
	}
}

func newRemove() *cobra.Command {
	return &cobra.Command{
		Use:   "remove UNIT",
		Short: "take a unit out of the course",
		Long: `Remove deletes what a unit has in the four trees, and its pictures, and names the
files that still speak of it. UNIT is its whole name. What was committed can be
had back from Git; what was not is lost.`,
		Example: "  go run ./tools/course remove 21-fan-out",
		Args:    takes(1, "UNIT"),
		RunE: func(_ *cobra.Command, args []string) error {
			dir, err := root()
			if err != nil {
				return err
			}
			removed, left, err := skeleton.Remove(dir, args[0])
			if err != nil {
				return err
			}
			for _, at := range removed {
				fmt.Println("removed:", at)
			}
			for _, at := range left {
				fmt.Println("still speaks of it:", at)
			}
			fmt.Printf("Next: %s weave --fix\n", coach.Command)
			return nil
		},
	}
}
