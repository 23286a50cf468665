package main

import (
	"os"

	"github.com/spf13/cobra"

	"loopback/tools/base/screen"
)

// showBoard shows one line for each exercise, and then what to do next.
func showBoard(c *cobra.Command, _ []string) error {
	co, err := newCoach()
	if err != nil {
		return err
	}
	b, err := co.Board(c.Context())
	if err != nil {
		return err
	}
	tell(co)
	out := screen.New(os.Stdout)
	out.Print(co.Text(b, out.Width()))
	return nil
}
