package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"

	"github.com/spf13/cobra"

	"loopback/tools/class/box"
	"loopback/tools/class/rung"
	"loopback/tools/engine/result"
)

// sandboxFlag adds --sandbox to a command that gives marks.
func sandboxFlag(c *cobra.Command, mode *rung.Mode) {
	c.Flags().StringVar((*string)(mode), "sandbox", string(rung.Auto), "how a program is kept in: auto is what the "+
		"machine gives, require all that the threats ask for or no mark, none nothing")
	words := make([]string, len(rung.Modes))
	for i, m := range rung.Modes {
		words[i] = string(m)
	}
	c.RegisterFlagCompletionFunc("sandbox", cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// missing says what this machine lacks of what is asked for.
func (f *gradeFlags) missing() error {
	if f.sandbox != rung.Require {
		return nil
	}
	return rung.Missing(rung.Here(box.Probe()), rung.Grade, f.sandbox)
}

// kept is what a result says of what kept its program in.
func (f *gradeFlags) kept(r *result.Result) map[string]string {
	var place box.Place
	words := r.Sandbox
	if f.alone {
		place.Level = box.Network
		if len(words) > 0 {
			words["network"] = "namespace"
		}
	}
	return rung.Words(words, rung.Here(place), rung.Grade, f.sandbox)
}

// apart reports whether a grading has a network of its own: where a sandbox is required,
// and where the machine gives one to the program in a folder. What another command
// needs of the network we do not know.
func (f *gradeFlags) apart() bool {
	return f.sandbox == rung.Require || f.sandbox == rung.Auto && f.exec == "" && box.Probe().Level >= box.Network
}

// grader is the command that grades, for this one to outlive it.
func (f *gradeFlags) grader(ctx context.Context) (*exec.Cmd, error) {
	args := append(os.Args[1:], "--inside")
	if !f.apart() {
		self, err := os.Executable()
		return exec.CommandContext(ctx, self, args...), err
	}
	dir, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("the folder that this runs in: %w", err)
	}
	boxed := box.Command(box.Network, box.Options{Args: append(args, "--alone"), Dir: dir})
	cmd := exec.CommandContext(ctx, boxed.Path)
	cmd.Args, cmd.Dir, cmd.SysProcAttr = boxed.Args, boxed.Dir, boxed.SysProcAttr
	return cmd, nil
}
