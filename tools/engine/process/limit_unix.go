//go:build unix

package process

import (
	"strconv"
	"sync"

	"golang.org/x/sys/unix"
)

// DescriptorLimit returns how many file descriptors we may have, and each program
// that we start. It is as many as the system allows, up to what anybody needs:
// the soft limit of RLIMIT_NOFILE (getrlimit(2)) is raised when this is first
// asked. (A Go program has raised its own when it began, but its children get the
// old limit back until it sets one itself.)
var DescriptorLimit = sync.OnceValue(func() int {
	var lim unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &lim) != nil {
		return 0
	}
	lim.Cur = min(lim.Max, enoughDescriptors)
	if unix.Setrlimit(unix.RLIMIT_NOFILE, &lim) != nil {
		return 0
	}
	return int(lim.Cur)
})

// enoughDescriptors is more than any program of a course needs, and few enough
// for those that go through all the numbers there are.
const enoughDescriptors = 16 << 10

// shellPath is where POSIX systems have their shell.
const shellPath = "/bin/sh"

// limited returns what to start in the place of o.Path and argv, so that the
// program has the limits that o asks for: on its descriptors, and on its files.
//
// The first limit (RLIMIT_NOFILE in getrlimit(2)) belongs to a process, and we must
// not lower our own for the time of a fork. Nor is it enough to lower it once
// the program runs: a Go program begins by raising its soft limit to the hard
// one. So a shell lowers both for itself and then becomes the program, with the
// same process ID; argv[0] is then the program's path. A signal that the shell
// ignores stays ignored.
func limited(o Options, argv []string) (string, []string, error) {
	script := ""
	if o.Descriptors != 0 {
		script += "ulimit -n " + strconv.Itoa(o.Descriptors) + " && "
	}
	if o.Blocks != 0 {
		script += "trap '' XFSZ && ulimit -f " + strconv.Itoa(o.Blocks) + " && "
	}
	if script == "" {
		return o.Path, argv, nil
	}
	script += `exec "$0" "$@"`
	return shellPath, append([]string{"sh", "-c", script, o.Path}, argv[1:]...), nil
}
