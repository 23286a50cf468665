//go:build unix

package process

import "strconv"

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
