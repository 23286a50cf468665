package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"loopback/tools/class/doctor"
)

func newDoctor() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "what this machine can do for grading",
		Long: `Doctor looks at the machine and says in a line each what it has for grading, what
it lacks, and what is lost by that: the Go toolchain, loopback, what the kernel
tells about sockets, what keeps a program in with each of the two commands that give
marks (a result says the same, and --sandbox require asks for it), the race detector,
and how late timers are.

The exit status is 0 when nothing is lost, 1 when something is, and 3 when
nothing can be graded here.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			dir, err := root()
			if err != nil {
				return err
			}
			lines := doctor.Look(c.Context(), dir)
			for _, l := range lines {
				fmt.Println(l)
			}
			switch lost, err := doctor.Judge(lines); {
			case err != nil:
				return status(cannot)
			case lost > 0:
				return status(notAll)
			}
			return nil
		},
	}
}
