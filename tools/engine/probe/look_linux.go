//go:build !noevidence

package probe

import (
	"bytes"
	"hash/maphash"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

var hasChildrenFile = sync.OnceValue(childrenFile)

// A snapshot has every thread of a tree of processes.
type snapshot struct {
	pids  []int
	tasks []task // in the order of pids; those that have ended are left out
	torn  bool   // something vanished while we looked
	open  map[int]*taskFiles
}

// look is the seqlock: what lies between two equal snapshots was true, for all
// threads, at one and the same moment. The first reads each thread's run count
// before its state and the second after it, so that the counts enclose all.
func look(root int) Activity {
	a, _ := lookAt(root, nil)
	return a
}

// lookAt also returns the threads that it has looked at. Of some it may have open files.
func lookAt(root int, open map[int]*taskFiles) (Activity, snapshot) {
	if root <= 0 || !hasProc() {
		return Activity{State: Unknown}, snapshot{}
	}
	first := take(root, open)
	if len(first.tasks) == 0 && !first.torn {
		return Activity{State: ended(root)}, first
	}
	a := first.activity()
	if a.Napping = first.still(); !a.Napping {
		a.State = Moving
		return a, first
	}
	if a.State = Asleep; first.stopped() {
		a.State = Stopped
		return a, first
	}
	a.State = first.prospect()
	if a.State != Moving && !first.same(retake(first.pids, open)) {
		a.State = Moving
	}
	return a, first
}

var hasProc = sync.OnceValue(func() bool {
	_, err := readFile("/proc/self/stat", make([]byte, 1024))
	return err == nil
})

// ended tells a process that has ended from one that /proc hides from us.
func ended(root int) State {
	if _, err := dirNumbers("/proc/" + strconv.Itoa(root) + "/task"); err == nil {
		return Gone // a zombie: all its threads have ended
	}
	if unix.Kill(root, 0) == unix.ESRCH {
		return Gone
	}
	return Unknown
}

// take looks at root and its descendants.
func take(root int, open map[int]*taskFiles) snapshot {
	s := snapshot{open: open}
	var buf [1024]byte
	seen := map[int]bool{root: true}
	queue := []int{root}
	for len(queue) > 0 {
		pid := queue[0]
		queue = queue[1:]
		live := s.process(pid, false, buf[:])
		if live {
			s.pids = append(s.pids, pid)
		}
		next := s.children(pid, live, buf[:])
		if pid == root && !live {
			next = append(next, survivors(root)...)
		}
		for _, child := range next {
			if !seen[child] {
				seen[child] = true
				queue = append(queue, child)
			}
		}
	}
	return s
}

// retake looks at the same processes again. There is no need to ask for their
// children: those were listed when all threads of the parent had been seen
// asleep, and who has not run since has no others.
func retake(pids []int, open map[int]*taskFiles) snapshot {
	s := snapshot{pids: pids, open: open}
	var buf [1024]byte
	for _, pid := range pids {
		s.process(pid, true, buf[:])
	}
	return s
}

// process adds the threads of one process and reports whether any is live. The
// second snapshot reads states before run counts.
func (s *snapshot) process(pid int, second bool, buf []byte) bool {
	tids, err := dirNumbers("/proc/" + strconv.Itoa(pid) + "/task")
	if err != nil {
		return false
	}
	live := false
	for _, tid := range tids {
		t := task{pid: pid, tid: tid, files: s.open[tid]}
		ok := true
		if second {
			ok = t.readState(buf) && t.readRuns(buf)
		} else {
			ok = t.readRuns(buf) && t.readState(buf)
		}
		if !ok {
			s.torn = true
		} else if !t.ended() {
			live = true
			s.tasks = append(s.tasks, t)
		}
	}
	return live
}

// children lists the children of the process just added.
func (s *snapshot) children(pid int, live bool, buf []byte) []int {
	if !live {
		return nil // its children have gone to another parent
	}
	if !hasChildrenFile() {
		return processes(func(f [][]byte) bool { return string(f[1]) == strconv.Itoa(pid) })
	}
	var pids []int
	for _, t := range s.tasks {
		if t.pid != pid {
			continue
		}
		b, err := t.read("children", buf)
		if err == nil && len(b) == len(buf) { // more than fit
			b, err = readFile(t.dir()+"/children", make([]byte, 1<<20))
		}
		if err != nil {
			s.torn = true
		}
		for _, f := range bytes.Fields(b) {
			n, _ := number(f)
			pids = append(pids, int(n))
		}
	}
	return pids
}

// survivors lists what is left of the process group that root has led. Such
// processes have lost their parent, so that only the group leads to them.
func survivors(root int) []int {
	group := strconv.Itoa(root)
	return processes(func(f [][]byte) bool {
		return string(f[2]) == group && f[0][0] != 'Z' && f[0][0] != 'X'
	})
}

// processes lists the processes whose stat fields, from the state on, satisfy ok:
// state, parent, process group, ...
func processes(ok func(fields [][]byte) bool) []int {
	all, _ := dirNumbers("/proc")
	var buf [1024]byte
	return slices.DeleteFunc(all, func(pid int) bool {
		rest, found := statFields("/proc/"+strconv.Itoa(pid)+"/stat", buf[:])
		f := bytes.Fields(rest)
		return !found || len(f) < 3 || !ok(f)
	})
}

// seed keeps the fingerprints of this process's looks comparable.
var seed = maphash.MakeSeed()

// activity sums up everything but the state.
func (s snapshot) activity() Activity {
	a := Activity{Threads: len(s.tasks), PIDs: s.pids}
	for _, t := range s.tasks {
		a.Runs += t.runs
		a.CPU += time.Duration(t.cpu)
		a.Delay += time.Duration(t.delay)
		a.print += maphash.Comparable(seed, [3]uint64{uint64(t.pid), uint64(t.tid), t.runs})
	}
	return a
}

// still reports whether no thread was seen to move.
func (s snapshot) still() bool {
	for _, t := range s.tasks {
		if !t.sleeping() && !t.stopped() {
			return false // R, D, or one of the moments between
		}
	}
	return !s.torn
}

// stopped reports whether all threads of the first process are stopped.
func (s snapshot) stopped() bool {
	for _, t := range s.tasks {
		if t.pid == s.pids[0] && !t.stopped() {
			return false
		}
	}
	return true
}

// same reports whether both snapshots saw the same threads in the same states,
// and none ran in between.
func (s snapshot) same(later snapshot) bool {
	return !s.torn && !later.torn && slices.EqualFunc(s.tasks, later.tasks, func(a, b task) bool {
		return a.pid == b.pid && a.tid == b.tid && a.state == b.state && a.runs == b.runs
	})
}
