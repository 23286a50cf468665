//go:build !noevidence

package probe

import "time"

// timeout looks at every thread of the tree.
func timeout(root int) (soonest time.Duration, known bool) {
	s := take(root)
	for i := 0; i < len(s.tasks); {
		n := i
		for n < len(s.tasks) && s.tasks[n].pid == s.tasks[i].pid {
			n++
		}
		d, ok := timeoutOf(s.tasks[i:n])
		if !ok {
			return 0, false
		}
		if d > 0 && (soonest == 0 || d < soonest) {
			soonest = d
		}
		i = n
	}
	return soonest, soonest > 0
}

// timeoutOf does it for the threads of one process; 0 means that none of them
// has a timeout.
func timeoutOf(tasks []task) (soonest time.Duration, known bool) {
	exe, monitors := programOf(tasks[0].pid), 0
	for _, t := range tasks {
		switch t.wait(exe) {
		case running:
			return 0, false
		case sysmon:
			monitors++
		case timed:
			c, _, ok := t.call(exe)
			if !ok {
				return 0, false
			}
			d, ok := c.timeout()
			if !ok || d <= 0 {
				return 0, false
			}
			if soonest == 0 || d < soonest {
				soonest = d
			}
		}
	}
	if monitors > 1 || monitors == 1 && !exe.golang || hasTimer(tasks[0].pid) {
		return 0, false
	}
	return soonest, true
}

func golang(pid int) bool { return programOf(pid).golang }
