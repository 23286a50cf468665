//go:build unix

package build

import (
	"os/exec"
	"strings"
)

// What each process of a build may take: ten times what the largest program of the
// course and the standard library need.
const (
	buildMemory  = "3145728" // kilobytes of addresses, as for ulimit -v
	buildSeconds = "300"     // of processor time, which a busy machine does not use up
	buildFile    = "131072"  // blocks of 512 bytes in one file
)

// bounded starts cmd from a shell that has lowered its limits (setrlimit(2)), which
// all that it starts inherit. There is no bound on the number of processes: the
// kernel counts all that the user has, and none for root (RLIMIT_NPROC).
func bounded(cmd *exec.Cmd) {
	path, err := exec.LookPath(cmd.Args[0])
	if err != nil {
		return // starting it says so
	}
	script := `ulimit -v ` + buildMemory + `; ulimit -t ` + buildSeconds + `; ulimit -f ` + buildFile +
		`; exec "$0" "$@"`
	cmd.Path, cmd.Args = "/bin/sh", append([]string{"sh", "-c", script, path}, cmd.Args[1:]...)
}

// overBound reports whether a compiler was ended because it went over a bound.
func overBound(output string) bool {
	for _, sign := range []string{"out of memory", "cannot allocate memory", "signal: CPU time limit exceeded",
		"signal: file size limit exceeded", "failed to reserve", "file too large"} {
		if strings.Contains(output, sign) {
			return true
		}
	}
	return false
}
