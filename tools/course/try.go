package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"loopback/tools/base/screen"
	"loopback/tools/companion/coach"
	"loopback/tools/engine/build"
)

func newTry() *cobra.Command {
	var o coach.TryOptions
	solution := false
	c := &cobra.Command{
		Use:   "try UNIT [-- ARG...]",
		Short: "be the peer: run a server and see live what goes over the wire",
		Long: `Try runs your program, a server, with a relay in front of it. Connect to the
address that it shows, with nc, with a browser, with a program of yours: each
piece of data, each FIN and each RST is shown as it passes, in both directions.
The relay passes on half-closes and resets as they come. A row is what the relay
read at once, which need not be what was written at once. For a server of
datagrams each row is a datagram.

Arguments after -- are given to the program.`,
		Example: `  go run ./tools/course try 02
  go run ./tools/course try 04 --solution --listen 127.0.0.1:8080`,
		Args:              tryArgs,
		ValidArgsFunction: completeUnit,
		RunE: func(c *cobra.Command, args []string) error {
			co, unit, err := coachFor(args[0])
			if err != nil {
				return err
			}
			tree := "exercises"
			if solution {
				tree = "solutions"
			}
			o.Folder, o.Args = filepath.Join(co.Root, tree, unit), args[1:]
			err = co.Try(c.Context(), unit, o, screen.New(os.Stdout))
			return tried(unit, err)
		},
	}
	c.Flags().BoolVar(&solution, "solution", false, "run the reference program instead of yours")
	c.Flags().StringVar(&o.Listen, "listen", "127.0.0.1:0", "where you connect to: a loopback `address`")
	return c
}

// tryArgs wants a unit; only what stands behind -- is for the program.
func tryArgs(c *cobra.Command, args []string) error {
	if at := c.ArgsLenAtDash(); at >= 0 {
		args = args[:at]
	}
	return takes(1, "UNIT")(c, args)
}

// tried turns the end of a trial into an exit status: Ctrl-C is the good end.
func tried(unit string, err error) error {
	var broken *build.Error
	switch {
	case errors.Is(err, context.Canceled):
		return nil
	case errors.As(err, &broken):
		fmt.Fprintf(os.Stderr, "course: %s does not compile:\n%s", unit, broken.Output)
		return status(notAll)
	}
	return err
}
