//go:build !noevidence

package probe

import (
	"sync"

	"golang.org/x/sys/unix"
)

// A lastLook is the last look that found all threads of a program asleep, and files of
// /proc that stay open: to open them costs more than to read them.
type lastLook struct {
	mu    sync.Mutex
	last  Activity
	tasks []task // as they were then; none when that look found something moving
	files map[int]*taskFiles
}

// keepsFiles reports whether this process may have so many files that it can keep some
// open which it does not need.
var keepsFiles = sync.OnceValue(func() bool {
	const many = 512
	var l unix.Rlimit
	return unix.Getrlimit(unix.RLIMIT_NOFILE, &l) == nil && l.Cur >= many
})

// keptThreads is of how many threads files stay open. Of a program with more the others
// are opened each time: the grader needs its descriptors for clients, too.
const keptThreads = 10

// taskNames are the files that are read of a thread.
var taskNames = [...]string{"stat", "schedstat", "children", "syscall"}

// taskFiles are descriptors of the files of one thread, -1 where there is none. When the
// thread has ended they tell so, even if its number belongs to another one by then.
type taskFiles [len(taskNames)]int

// of returns the descriptor of a file, or -1.
func (f *taskFiles) of(name string) int {
	if f != nil {
		for i, other := range taskNames {
			if other == name {
				return f[i]
			}
		}
	}
	return -1
}

func (f *taskFiles) close() {
	for _, fd := range f {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
}

func (m *lastLook) look(root int) Activity {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stillAsleep() {
		return m.last
	}
	a, s := lookAt(root, m.files)
	m.last, m.tasks = a, nil
	if s.torn { // a thread has ended, and its number may belong to another
		m.forgetFiles()
	}
	if a.State == Asleep || a.State == Timed || a.State == Stopped {
		m.tasks = s.tasks
		m.keep()
	}
	return a
}

func (m *lastLook) lookAnew(root int) Activity {
	m.forget()
	return m.look(root)
}

// stillAsleep reports whether no thread has run since the last look, which found all of
// them asleep. Who is ready to run at one moment either is so until its state is read, or
// has run by the time that its run count is. Who does not run starts no other thread and
// no process, sets no timer and opens nothing: all else is as it was, too.
func (m *lastLook) stillAsleep() bool {
	var buf [1024]byte
	for _, then := range m.tasks {
		now := task{pid: then.pid, tid: then.tid, files: m.files[then.tid]}
		if !now.readState(buf[:]) || now.state != then.state || !now.readRuns(buf[:]) || now.runs != then.runs {
			return false
		}
	}
	return len(m.tasks) > 0
}

// keep opens the files of the threads that sleep, and closes those of others.
func (m *lastLook) keep() {
	if !keepsFiles() {
		return
	}
	kept := make(map[int]*taskFiles, min(len(m.tasks), keptThreads))
	for _, t := range m.tasks[:min(len(m.tasks), keptThreads)] {
		if f := m.files[t.tid]; f != nil {
			kept[t.tid] = f
			delete(m.files, t.tid)
		} else if f := t.open(); f != nil {
			kept[t.tid] = f
		}
	}
	m.forgetFiles()
	m.files = kept
}

// open opens the files of a thread, nil where not even the first can be.
func (t task) open() *taskFiles {
	var f taskFiles
	for i, name := range taskNames {
		fd, err := open(t.dir()+"/"+name, unix.O_RDONLY)
		if err != nil {
			fd = -1
		}
		f[i] = fd
	}
	if f[0] < 0 {
		f.close()
		return nil
	}
	return &f
}

func (m *lastLook) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tasks = nil
	m.forgetFiles()
}

func (m *lastLook) forgetFiles() {
	for _, f := range m.files {
		f.close()
	}
	m.files = nil
}

// readAgain reads a small file of /proc from its beginning: the kernel writes it anew.
func readAgain(fd int, buf []byte) ([]byte, error) {
	for {
		n, err := unix.Pread(fd, buf, 0)
		if err != unix.EINTR {
			return buf[:max(n, 0)], err
		}
	}
}
