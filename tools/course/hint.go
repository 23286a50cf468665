package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"loopback/tools/screen"
)

func newHint() *cobra.Command {
	return &cobra.Command{
		Use:   "hint [UNIT]",
		Short: "give the next hint for what fails now",
		Long: `Hint finds out what fails first in an exercise and gives a hint for it. Each call
goes one step further. When something else fails, the next hint is the first one
for that. After the last hint it names the place in the chapter that explains it.

Without a unit it is about the one that you work on.`,
		Example: `  go run ./tools/course hint
  go run ./tools/course hint 02`,
		Args:              takes(0, "UNIT"),
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
			text, err := co.Hint(c.Context(), unit)
			if err != nil {
				return err
			}
			tell(co)
			screen.New(os.Stdout).Print(text)
			return nil
		},
	}
}
