package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"loopback/tools/base/called"
	"loopback/tools/base/disk"
	"loopback/tools/class/rung"
	"loopback/tools/engine/process"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
	"loopback/tools/grade"
)

// A result that other programs read is written by a process that does not grade: it
// starts one that does, and outlives it. Whatever a program under test does to its
// grader, and whatever the machine does, there is one result, and it is whole.

// watched reports whether this grading is to be done in a process of its own.
func (f *gradeFlags) watched() bool {
	return !f.inside && (f.format != "text" || f.out != "" || f.sandbox == rung.Require)
}

// mostResult bounds what is taken of the grader's output.
const mostResult = 64 << 20

// afterwards is how long a grader may go on after the deadline, which it keeps itself.
const afterwards = time.Minute

// watch grades in another process, and writes what that has written. When it ends in
// another way, it writes that there is no mark.
func (f *gradeFlags) watch(c *cobra.Command, u *scenario.Unit) error {
	if why := f.missing(); why != nil {
		return f.could(grade.CouldNot(u, why.Error()))
	}
	tmp, err := os.MkdirTemp("", "loopback-grading-") // for all that it writes
	if err != nil {
		return err
	}
	defer disk.RemoveAll(tmp)
	ctx, cancel := c.Context(), context.CancelFunc(func() {})
	if f.deadline > 0 {
		ctx, cancel = context.WithTimeout(ctx, f.deadline+afterwards)
	}
	defer cancel()
	process.Adopt()
	defer process.EndAdopted()
	cmd, err := f.grader(ctx)
	if err != nil {
		return err
	}
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	cmd.Env = append(os.Environ(), "TMPDIR="+tmp, "TMP="+tmp, "TEMP="+tmp,
		called.Variable+"="+called.Command())
	cmd.Stdin, cmd.Stderr = f.stdin(), os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	process.Seal() // after the start: what is sealed can give no namespaces to a copy of itself
	data, _ := io.ReadAll(io.LimitReader(out, mostResult))
	err = cmd.Wait()
	code := cmd.ProcessState.ExitCode()
	if code < allWell || code == wrongUse || code > cannot || len(bytes.TrimSpace(data)) == 0 {
		return f.lost(c, u, fmt.Sprintf("the grader ended without a result: %v", cmd.ProcessState))
	}
	if f.out != "" {
		if err := replace(f.out, data); err != nil {
			return err
		}
	} else if _, err := os.Stdout.Write(data); err != nil {
		return err
	}
	if code == allWell {
		return nil
	}
	return status(code)
}

// lost writes that there is no mark, and why.
func (f *gradeFlags) lost(c *cobra.Command, u *scenario.Unit, why string) error {
	r := grade.CouldNot(u, whyNot(c.Context(), why))
	r.Flags = append(r.Flags, "grader-ended")
	return f.could(r)
}

// could prints a result that has no mark.
func (f *gradeFlags) could(r *result.Result) error {
	if err := f.print(r); err != nil {
		return err
	}
	return f.status(r)
}
