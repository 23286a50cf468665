// Course is the one command of the course.
//
//	go run ./tools/course                 where you stand and what to do next
//	go run ./tools/course grade UNIT      grade a program, in Go or anything else
//	go run ./tools/course check [UNIT]    does the course keep its own laws?
//	go run ./tools/course weave           do the chapters say what the code says?
//	go run ./tools/course soak [UNIT]     repeat all verdicts on a busy machine
//
// It only joins the packages of tools/: flags, words and exit statuses are
// here, nothing else. Exit statuses: 0 all is well, 1 it is not, 2 wrong use,
// 3 could not grade.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"loopback/tools/laws"
	"loopback/tools/process"
)

// The exit statuses.
const (
	allWell  = 0
	notAll   = 1
	wrongUse = 2
	cannot   = 3
)

// status is an exit status that is not 2, with nothing left to say.
type status int

func (s status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

func main() {
	laws.Burner(os.Args)
	os.Exit(run(os.Args[1:]))
}

// run runs the command and returns its exit status. What programs under test
// have left behind is ended whatever happens.
func run(args []string) int {
	defer process.Sweep()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	cmd := newCourse()
	cmd.SetArgs(twoDashes(cmd, args))
	err := cmd.ExecuteContext(ctx)
	var code status
	switch {
	case err == nil:
		return allWell
	case errors.As(err, &code):
		return int(code)
	}
	fmt.Fprintln(os.Stderr, "course:", err)
	return wrongUse
}

func newCourse() *cobra.Command {
	c := &cobra.Command{
		Use:           "course",
		Short:         "where you stand in the course, and what to do next",
		Long:          "Without a verb course shows every unit, whether its exercise passes, and what to do next.",
		Args:          cobra.NoArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          showBoard,
	}
	c.AddCommand(newWatch(), newHint(), newSolution(), newReset(), newRun(), newGrade(), newCheck(), newSoak(), newWeave(), newMDBook())
	return c
}
