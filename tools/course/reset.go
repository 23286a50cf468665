package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newReset() *cobra.Command {
	return &cobra.Command{
		Use:   "reset UNIT",
		Short: "begin an exercise again, and keep your program",
		Long: `Reset puts the stub of an exercise back. Your program is kept beside it, as
main.go.before-reset-1, -2 and so on: Go does not build these files, and Git
ignores them. Nothing is ever overwritten.`,
		Example:           "  go run ./tools/course reset 02",
		Args:              takes(1, "UNIT"),
		ValidArgsFunction: completeUnit,
		RunE: func(_ *cobra.Command, args []string) error {
			co, unit, err := coachFor(args[0])
			if err != nil {
				return err
			}
			text, err := co.Reset(unit)
			if err != nil {
				return err
			}
			fmt.Print(text)
			return nil
		},
	}
}
