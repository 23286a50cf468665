package main

import (
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"loopback/tools/base/burner"
	"loopback/tools/base/called"
)

// stalledFlag tells the process that is stopped that it is.
const stalledFlag = "stalled"

// stalled does what this command was asked for in a process of its own, which is stopped
// again and again: a shell would take it for one that Ctrl-Z has stopped.
func stalled(c *cobra.Command, seed uint64) error {
	if !burner.CanStall {
		return errors.New("--stall: no process can be stopped on this system")
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	args := slices.DeleteFunc(slices.Clone(os.Args[1:]), func(arg string) bool {
		return arg == "--stall" || strings.HasPrefix(arg, "--stall=")
	})
	cmd := exec.Command(self, append(args, "--"+stalledFlag)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), called.Variable+"="+called.Command())
	if err := cmd.Start(); err != nil {
		return err
	}
	over := make(chan error, 1)
	go func() { over <- cmd.Wait() }()
	go burner.Stall(c.Context(), cmd.Process, seed)
	select {
	case err = <-over:
	case <-c.Context().Done(): // Ctrl-C has told the other process, too; another signal has not
		cmd.Process.Signal(os.Interrupt)
		err = <-over
	}
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		return status(exit.ExitCode())
	}
	return err
}
