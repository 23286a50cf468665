package main

import (
	"os"
	"strings"

	"github.com/spf13/cobra"

	"loopback/tools/base/screen"
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
			s := screen.New(os.Stdout)
			for _, l := range lines {
				text := l.String()
				if s.Moves() {
					text = hanging(text, s.Width())
				}
				s.Print(text + "\n")
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

// hanging breaks a line of doctor between words; what does not fit stands below
// its text, not below its first two columns.
func hanging(line string, width int) string {
	const margin = len("partly  network    ")
	if len(line) <= width || width < 2*margin {
		return line
	}
	text, column := line[:margin], margin
	for i, word := range strings.Fields(line[margin:]) {
		switch {
		case i == 0:
		case column+1+len(word) > width:
			text, column = text+"\n"+strings.Repeat(" ", margin), margin
		default:
			text, column = text+" ", column+1
		}
		text, column = text+word, column+len(word)
	}
	return text
}
