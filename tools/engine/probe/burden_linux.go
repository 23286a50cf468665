//go:build !noevidence

package probe

import (
	"bytes"
	"strconv"
)

func burdenOf(root int) (b Burden, err error) {
	if !hasProc() || !hasChildrenFile() {
		return Burden{}, ErrNoEvidence
	}
	seen := map[int]bool{root: true}
	buf := make([]byte, 4096)
	var pids []int
	for queue := []int{root}; len(queue) > 0; {
		pid := queue[0]
		queue = queue[1:]
		dir := "/proc/" + strconv.Itoa(pid) + "/task"
		tids, err := dirNumbers(dir)
		if err != nil {
			continue // it has ended
		}
		b.Processes++
		b.Threads += len(tids)
		if b.Processes > Crowd {
			return b, nil // whatever memory they share
		}
		for _, tid := range tids {
			children, _ := readFile(dir+"/"+strconv.Itoa(tid)+"/children", buf)
			if len(children) == len(buf) {
				buf = make([]byte, 1<<20)
				children, _ = readFile(dir+"/"+strconv.Itoa(tid)+"/children", buf)
			}
			for _, f := range bytes.Fields(children) {
				if n, _ := number(f); !seen[int(n)] {
					seen[int(n)] = true
					queue = append(queue, int(n))
				}
			}
		}
		some, _ := memory([]int{pid})
		b.Memory += some
		pids = append(pids, pid)
	}
	if len(pids) > 1 && b.Memory > sharing {
		b.Memory = proportional(pids)
	}
	return b, nil
}

// sharing is how much memory several processes must seem to occupy before it is
// looked at what they share: that takes the kernel longer, by far when they fork.
const sharing = 1 << 30

// proportional adds up the memory of processes of which each page counts once: by
// parts for those that share it (Pss in proc_pid_smaps_rollup(5)).
func proportional(pids []int) (total int64) {
	buf := make([]byte, 4096)
	for _, pid := range pids {
		text, _ := readFile("/proc/"+strconv.Itoa(pid)+"/smaps_rollup", buf)
		if _, rest, ok := bytes.Cut(text, []byte("\nPss:")); ok {
			kilobytes, _ := number(rest)
			total += int64(kilobytes) << 10
		}
	}
	return total
}
