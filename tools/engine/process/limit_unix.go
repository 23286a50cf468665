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

// limited returns what to start in the place of path and argv, so that the
// program may have no more than n file descriptors.
//
// The limit (RLIMIT_NOFILE in getrlimit(2)) belongs to a process, and we must
// not lower our own for the time of a fork. Nor is it enough to lower it once
// the program runs: a Go program begins by raising its soft limit to the hard
// one. So a shell lowers both for itself and then becomes the program, with the
// same process ID; argv[0] is then the program's path.
func limited(path string, argv []string, n int) (string, []string, error) {
	if n == 0 {
		return path, argv, nil
	}
	script := "ulimit -n " + strconv.Itoa(n) + ` && exec "$0" "$@"`
	return shellPath, append([]string{"sh", "-c", script, path}, argv[1:]...), nil
}
