package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"loopback/tools/base/screen"
	"loopback/tools/companion/coach"
	"loopback/tools/engine/scenario"
)

func newHint() *cobra.Command {
	return &cobra.Command{
		Use:   "hint [UNIT [CHALLENGE]]",
		Short: "give the next hint for what fails now",
		Long: `Hint finds out what fails first in an exercise and gives a hint for it. Each call
goes one step further. When something else fails, the next hint is the first one
for that. After the last hint it names the place in the chapter that explains it.

Without a unit it is about the one that you work on. With a challenge of the unit
it is about that, once all else passes.`,
		Example: `  go run ./tools/course hint
  go run ./tools/course hint 02`,
		Args:              takes(0, "UNIT", "CHALLENGE"),
		ValidArgsFunction: completeUnit,
		RunE: func(c *cobra.Command, args []string) error {
			co, err := newCoach()
			if err != nil {
				return err
			}
			unit, err := unitOrPlace(c, co, args)
			if err != nil {
				return err
			}
			if unit == "" {
				fmt.Println("All exercises pass: there is nothing to hint at.")
				return nil
			}
			text, err := hintFor(c.Context(), co, unit, args)
			if err != nil {
				return err
			}
			tell(co)
			screen.New(os.Stdout).Print(text)
			return nil
		},
	}
}

// hintFor returns the next hint for a unit, or for the challenge that args name.
func hintFor(ctx context.Context, co *coach.Coach, unit string, args []string) (string, error) {
	if len(args) < 2 {
		return co.Hint(ctx, unit)
	}
	u, err := scenario.LoadUnit(co.Root, unit)
	if err != nil {
		return "", err
	}
	id, err := scenarioName(u, args[1])
	if err != nil {
		return "", err
	}
	if !u.Scenario(id).Challenge {
		return "", fmt.Errorf("%s is not a challenge; %s hint %s is about the scenario that fails first", id,
			coach.Command, args[0])
	}
	return co.ChallengeHint(ctx, unit, id)
}
