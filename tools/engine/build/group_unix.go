//go:build unix

package build

import (
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// inGroup makes cmd the head of a process group of its own, all of which ends
// when the command's context does.
func inGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return unix.Kill(-cmd.Process.Pid, unix.SIGKILL) }
}
