//go:build !linux

package box

import "os/exec"

// Command returns the command that runs this program, without a box.
func Command(_ Level, o Options) *exec.Cmd { return plain(o) }

// Probe returns what this system gives: nothing.
func Probe() Place { return Place{Why: "only Linux has namespaces"} }

// End kills the process.
func End(cmd *exec.Cmd) {
	if cmd.Process != nil {
		cmd.Process.Kill()
	}
}
