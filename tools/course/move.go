package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"loopback/tools/author/skeleton"
	"loopback/tools/companion/coach"
)

func newRename() *cobra.Command {
	return &cobra.Command{
		Use:   "rename UNIT[/SCENARIO] NN-SLUG",
		Short: "give a unit, or a scenario, another name",
		Long: `Rename moves what a unit has in the four trees, and its pictures, and writes the
new name wherever the old one stands in a text of the course. Look at the
difference before you commit it. Learners know a unit by its name: once it is
published its name is final.

A scenario of a unit is renamed in the same way. When its new number is another
one's, that one goes one number further, and so do those after it: this makes
room for a new scenario before the challenges.`,
		Example: `  go run ./tools/course rename 21-fan-out 22-fan-in
  go run ./tools/course rename 04/40-at-most 41-at-most`,
		Args: takes(2, "UNIT", "NN-SLUG"),
		RunE: func(_ *cobra.Command, args []string) error {
			dir, err := root()
			if err != nil {
				return err
			}
			if unit, scenario, ok := strings.Cut(args[0], "/"); ok {
				return renameScenario(dir, unit, scenario, args[1])
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

// renameScenario gives a scenario of a unit, whose number is enough, another name.
func renameScenario(dir, unit, id, to string) error {
	u, err := loadUnit(unit)
	if err != nil {
		return err
	}
	changed, err := skeleton.RenameScenario(dir, u.Name, id, to)
	if err != nil {
		return err
	}
	fmt.Printf("%s is %s now; %d files named it, or one that has made room.\n", id, to, len(changed))
	fmt.Printf("Next: %s check --fix %s\n", coach.Command, u.Name[:2])
	return nil
}

func newRemove() *cobra.Command {
	return &cobra.Command{
		Use:   "remove UNIT[/SCENARIO]",
		Short: "take a unit, or a scenario, out of the course",
		Long: `Remove deletes what a unit has in the four trees, and its pictures, and names the
files that still speak of it. UNIT is its whole name. What was committed can be
had back from Git; what was not is lost.

A scenario of a unit is removed in the same way. The others keep their numbers.`,
		Example: `  go run ./tools/course remove 21-fan-out
  go run ./tools/course remove 04/40-at-most`,
		Args: takes(1, "UNIT"),
		RunE: func(_ *cobra.Command, args []string) error {
			dir, err := root()
			if err != nil {
				return err
			}
			if unit, scenario, ok := strings.Cut(args[0], "/"); ok {
				return removeScenario(dir, unit, scenario)
			}
			if whole, err := unitName(dir, args[0]); err == nil && whole != args[0] {
				return fmt.Errorf("remove wants the whole name of a unit: %s", whole)
			}
			removed, left, err := skeleton.Remove(dir, args[0])
			if err != nil {
				return err
			}
			showRemoved(removed, left)
			fmt.Printf("Next: %s weave --fix\n", coach.Command)
			return nil
		},
	}
}

// removeScenario removes a scenario of a unit, whose number is enough.
func removeScenario(dir, unit, id string) error {
	u, err := loadUnit(unit)
	if err != nil {
		return err
	}
	left, err := skeleton.RemoveScenario(dir, u.Name, id)
	if err != nil {
		return err
	}
	showRemoved([]string{filepath.Join("testdata", u.Name, id+".txtar")}, left)
	fmt.Printf("Next: %s check --full %s, and %s weave\n", coach.Command, u.Name[:2], coach.Command)
	return nil
}

// showRemoved says what has gone, and where it is still named.
func showRemoved(removed, left []string) {
	for _, at := range removed {
		fmt.Println("removed:", filepath.ToSlash(at))
	}
	for _, at := range left {
		fmt.Println("still speaks of it:", at)
	}
}
