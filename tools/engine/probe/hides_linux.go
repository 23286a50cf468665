//go:build !noevidence

package probe

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
)

// looked is the name under which a program that uses this package does nothing but
// wait: it is what [Hides] compares with.
const looked = "loopback-looked-at"

// init waits when this program was started for that. It stands here because tests
// have no main.
func init() {
	if os.Args[0] == looked {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}
}

// mayLook tells once whether a process may look into what it starts, on this machine.
var mayLook = sync.OnceValue(func() bool {
	cmd := exec.Command("/proc/self/exe")
	cmd.Args = []string{looked}
	in, err := cmd.StdinPipe()
	if err != nil || cmd.Start() != nil {
		return false
	}
	hidden := isHidden(cmd.Process.Pid)
	in.Close()
	cmd.Wait()
	return !hidden
})

// isHidden reports whether a process that lives does not let its own user see its
// descriptors.
func isHidden(pid int) bool {
	err := eachLink(pid, func(string, []byte) bool { return false }) // one speaks for all
	return errors.Is(err, fs.ErrPermission)
}

// tracer returns the process that traces another one; 0 for none, and for ourselves.
func tracer(pid int) int {
	text, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	_, rest, _ := bytes.Cut(text, []byte("\nTracerPid:"))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	by, _ := strconv.Atoi(strings.TrimSpace(string(line)))
	if by == os.Getpid() {
		return 0
	}
	return by
}

func hides(pids []int) (how string) {
	for _, pid := range pids {
		switch {
		case tracer(pid) != 0:
			return "another process traces it (ptrace(2))"
		case isHidden(pid) && mayLook():
			return "it keeps its own user from looking into it (PR_SET_DUMPABLE in prctl(2), or a file that " +
				"cannot be read)"
		}
	}
	return ""
}
