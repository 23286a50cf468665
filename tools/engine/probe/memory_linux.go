//go:build !noevidence

package probe

import (
	"os"
	"strconv"
)

// memory adds up the second number of /proc/PID/statm, which counts pages; see
// proc_pid_statm(5). The kernel may be late by a few dozen pages for each
// thread.
func memory(pids []int) (int64, error) {
	var pages uint64
	var buf [256]byte
	for _, pid := range pids {
		b, err := readFile("/proc/"+strconv.Itoa(pid)+"/statm", buf[:])
		if err != nil {
			continue // it has ended and holds nothing
		}
		_, rest := number(b)
		resident, _ := number(rest)
		pages += resident
	}
	return int64(pages) * int64(os.Getpagesize()), nil
}
