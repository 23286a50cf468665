//go:build !noevidence

package probe

import (
	"bytes"
	"io/fs"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// readFile reads up to len(buf) bytes of a file in /proc with three bare system
// calls; os.ReadFile would try to poll it, too, and ask for its size.
func readFile(path string, buf []byte) ([]byte, error) {
	fd, err := open(path, unix.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	n := 0
	for n < len(buf) {
		m, err := unix.Read(fd, buf[n:])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, err
		}
		if m == 0 {
			break
		}
		n += m
	}
	return buf[:n], nil
}

func open(path string, flags int) (int, error) {
	for {
		fd, err := unix.Open(path, flags|unix.O_CLOEXEC, 0)
		if err != unix.EINTR {
			return fd, err
		}
	}
}

// dirNames lists a directory in /proc, in the kernel's order.
func dirNames(path string) ([]string, error) {
	fd, err := open(path, unix.O_RDONLY|unix.O_DIRECTORY)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	defer unix.Close(fd)
	return namesIn(fd, path)
}

// namesIn lists an open directory.
func namesIn(fd int, path string) ([]string, error) {
	var names []string
	buf := make([]byte, 4096)
	for {
		n, err := unix.ReadDirent(fd, buf)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, &fs.PathError{Op: "readdirent", Path: path, Err: err}
		}
		if n == 0 {
			return names, nil
		}
		_, _, names = unix.ParseDirent(buf[:n], -1, names)
	}
}

// eachLink calls f for each descriptor of a process, with its number and its link in
// /proc/PID/fd, such as socket:[4711], until f returns false. In a user namespace a process
// that hides may let its own user list it, and not say what is in it: that, too, is an error.
func eachLink(pid int, f func(fd string, link []byte) (more bool)) error {
	path := "/proc/" + strconv.Itoa(pid) + "/fd"
	dir, err := open(path, unix.O_RDONLY|unix.O_DIRECTORY)
	if err != nil {
		return &fs.PathError{Op: "open", Path: path, Err: err}
	}
	defer unix.Close(dir)
	names, err := namesIn(dir, path)
	if err != nil {
		return err
	}
	var buf [256]byte
	for _, name := range names {
		n, err := unix.Readlinkat(dir, name, buf[:]) // from an open folder: a program may have thousands
		if err == unix.EACCES || err == unix.EPERM {
			return &fs.PathError{Op: "readlink", Path: path + "/" + name, Err: err}
		}
		if err == nil && !f(name, buf[:n]) { // else it has been closed meanwhile
			break
		}
	}
	return nil
}

// dirNumbers lists the entries of a directory in /proc that are numbers.
func dirNumbers(path string) ([]int, error) {
	names, err := dirNames(path)
	if err != nil {
		return nil, err
	}
	numbers := make([]int, 0, len(names))
	for _, name := range names {
		if n, err := strconv.Atoi(name); err == nil {
			numbers = append(numbers, n)
		}
	}
	return numbers, nil
}

// readLink returns where a link points, "" if it cannot be read.
func readLink(path string) string {
	var buf [256]byte
	n, err := unix.Readlink(path, buf[:])
	if err != nil {
		return ""
	}
	return string(buf[:n])
}

// A task is one thread of the program, as one look saw it.
type task struct {
	pid, tid int
	state    byte   // as in /proc/PID/stat: R, S, D, T, Z, ...
	runs     uint64 // times it was put on a processor
	cpu      uint64 // nanoseconds on a processor
	delay    uint64 // nanoseconds in a queue, ready to run
	signals         // what it does with signals

	files *taskFiles // open ones, or nil
}

func (t task) dir() string {
	return "/proc/" + strconv.Itoa(t.pid) + "/task/" + strconv.Itoa(t.tid)
}

func (t task) ended() bool    { return t.state == 'Z' || t.state == 'X' || t.state == 'x' }
func (t task) stopped() bool  { return t.state == 'T' || t.state == 't' }
func (t task) sleeping() bool { return t.state == 'S' || t.state == 'I' }

// readState fills in state; see proc_pid_stat(5). It reports false when the
// thread is gone.
func (t *task) readState(buf []byte) bool {
	b, err := t.read("stat", buf)
	rest, ok := afterName(b, err)
	if ok {
		if t.state = rest[0]; t.state == 'D' && t.inVfork() {
			t.state = 'S' // until its child becomes another program, or ends
		}
		t.signals = signalsOf(rest)
	}
	return ok
}

// read reads one of the files of the thread in /proc.
func (t *task) read(name string, buf []byte) ([]byte, error) {
	if fd := t.files.of(name); fd >= 0 {
		return readAgain(fd, buf)
	}
	return readFile(t.dir()+"/"+name, buf)
}

// statFields returns a stat file from the state on: the name before it may hold
// anything, blanks and parentheses included.
func statFields(path string, buf []byte) ([]byte, bool) {
	b, err := readFile(path, buf)
	return afterName(b, err)
}

// afterName returns what follows the name in a stat file.
func afterName(b []byte, err error) ([]byte, bool) {
	i := bytes.LastIndexByte(b, ')')
	if err != nil || i < 0 || len(b) < i+3 {
		return nil, false
	}
	return b[i+2:], true
}

// readRuns fills in runs and cpu from schedstat, which has the nanoseconds on a
// processor, the nanoseconds in a queue and the number of turns. It reports
// false when the thread is gone.
func (t *task) readRuns(buf []byte) bool {
	if b, err := t.read("schedstat", buf); err == nil {
		cpu, rest := number(b)
		t.delay, rest = number(rest)
		t.runs, _ = number(rest)
		t.cpu = cpu
	}
	return t.runs > 0 || t.readSwitches(buf)
}

// readSwitches does the same on a kernel without schedstat, where a thread that
// leaves a processor counts, and time comes in ticks.
func (t *task) readSwitches(buf []byte) bool {
	f, ok := statFields(t.dir()+"/stat", buf)
	if !ok {
		return false
	}
	if f := bytes.Fields(f); len(f) > 12 { // utime and stime, in hundredths of a second
		user, _ := number(f[11])
		system, _ := number(f[12])
		t.cpu = (user + system) * 10_000_000
	}
	b, err := readFile(t.dir()+"/status", make([]byte, 8192))
	if err != nil {
		return false
	}
	t.runs = 0
	for _, key := range []string{"\nvoluntary_ctxt_switches:", "\nnonvoluntary_ctxt_switches:"} {
		if _, rest, ok := bytes.Cut(b, []byte(key)); ok {
			n, _ := number(rest)
			t.runs += n
		}
	}
	return true
}

// number reads a decimal number after blanks and returns what follows it.
func number(b []byte) (uint64, []byte) {
	b = bytes.TrimLeft(b, " \t")
	var n uint64
	i := 0
	for ; i < len(b) && b[i] >= '0' && b[i] <= '9'; i++ {
		n = n*10 + uint64(b[i]-'0')
	}
	return n, b[i:]
}

// childrenFile tells once whether the kernel lists a thread's children
// (CONFIG_PROC_CHILDREN).
func childrenFile() bool {
	_, err := os.Stat("/proc/thread-self/children")
	return err == nil
}
