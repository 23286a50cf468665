package process

import (
	"math"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// system is what Linux needs to know about a Process.
type system struct {
	start  uint64 // start time of the process in clock ticks since boot
	alone  bool   // no other Process has been open at the same time
	ending bool   // End has been called
}

// attributes makes the program the leader of a session of its own, and so of a
// process group, without a controlling terminal: it cannot write to the grader's
// screen or type there (TIOCSTI in ioctl_tty(2)). And they make it die with us: if
// this program is killed, nobody else could end it.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Pdeathsig: unix.SIGKILL}
}

// branded says that the programs under test, and nothing else that this
// program starts, carry the no_new_privs attribute. See brand.
var branded bool

// onOwnThread runs start on a thread that no other goroutine uses, and that lives
// until the started process has been reaped.
//
// The kernel sends the parent death signal when the *thread* that forked ends
// (prctl(2), PR_SET_PDEATHSIG), and the Go runtime ends threads when it likes
// (https://go.dev/issue/27505). And what a thread may not do, neither may the
// process that it starts: see [fence]. So the thread ends with the process.
//
// It is not the first one, whose attributes stand for those of the whole program
// in /proc.
func (p *Process) onOwnThread(room string, start func() error, result chan<- error) {
	runtime.LockOSThread()
	if unix.Gettid() == os.Getpid() {
		// While we sit on the first thread, the next one cannot.
		next := make(chan error)
		go p.onOwnThread(room, start, next)
		err := <-next
		runtime.UnlockOSThread()
		result <- err
		return
	}
	prepared.Do(prepare)
	unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) // each thread for itself
	if !IsLeftOpen() {
		surrender()
		refuseLasting()
		if room != "" {
			fence(room)
			conceal(room)
		}
	}
	err := start()
	result <- err
	if err == nil {
		<-p.done
	}
	// Locked when it returns, the goroutine takes its thread with it.
}

// prepared guards prepare.
var prepared sync.Once

// prepare sets up this program, once, for running others.
func prepare() {
	// Orphans come to us instead of to init. Errors (Linux before 3.4) are
	// ignored here and below: then less is found, and nothing else can be done.
	unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
	// Go opens everything close-on-exec, but whoever started us may have left
	// us descriptors that are not.
	unix.CloseRange(3, math.MaxInt32, unix.CLOSE_RANGE_CLOEXEC)
	// A signal that we ignore is ignored by our children as well: a shell
	// starts "grader &" that way, and the program would not see its SIGINT.
	// Signals that are caught, even by nobody, go back to their default.
	for _, sig := range []os.Signal{unix.SIGINT, unix.SIGHUP} {
		if signal.Ignored(sig) {
			signal.Notify(make(chan os.Signal, 1), sig)
		}
	}
	branded = brand()
	go reapOrphansForever()
}

// brand gives this thread the no_new_privs attribute, and reports whether it
// tells the programs under test from other children of ours.
//
// The attribute belongs to the thread and is inherited by all that it forks;
// no process can take it off (PR_SET_NO_NEW_PRIVS in prctl(2)). The commands
// that other threads start do not have it. So an orphan with the attribute
// comes from a program under test even if it has cleaned its environment. Also
// no set-user-ID program can lift a stray out of our reach.
func brand() bool {
	if readStatus(os.Getpid()).noNewPrivs {
		return false // we have it ourselves: it tells nothing apart
	}
	if unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != nil {
		return false
	}
	// Check that it shows, and only on this thread.
	return readStatus(unix.Gettid()).noNewPrivs && !readStatus(os.Getpid()).noNewPrivs
}

// spawn starts the process on a thread of its own.
func (p *Process) spawn(path string, argv []string, attr *os.ProcAttr, room string) error {
	result := make(chan error)
	go p.onOwnThread(room, func() error { return p.fork(path, argv, attr) }, result)
	return <-result
}

// fork starts and registers the process. Nobody looks at our children in
// between, and so nobody takes the new one for an orphan.
func (p *Process) fork(path string, argv []string, attr *os.ProcAttr) error {
	family.mu.Lock()
	defer family.mu.Unlock()
	proc, err := os.StartProcess(path, argv, attr)
	if err != nil {
		return err
	}
	p.alone = len(family.open) == 0
	for other := range family.open {
		other.alone = false
	}
	p.register(proc)
	// The process cannot be gone: it is not reaped without family.mu.
	if e, ok := readEntry(p.pid); ok {
		p.start = e.start
	}
	if books.started == 0 {
		books.started = max(p.start, 1)
	}
	return nil
}

// reap waits for the end of the process and takes its status. Reaping frees
// the process ID, so it happens under family.mu: whoever holds that and finds
// the process in family.live can rely on the number.
func (p *Process) reap() (*os.ProcessState, error) {
	for {
		err := unix.Waitid(unix.P_PID, p.pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err == nil {
			break
		}
		if err != unix.EINTR {
			return p.reapLate()
		}
	}
	family.mu.Lock()
	defer family.mu.Unlock()
	delete(family.live, p.pid)
	return p.proc.Wait()
}

// reapLate is reap for a process that cannot be waited for without reaping.
func (p *Process) reapLate() (*os.ProcessState, error) {
	state, err := p.proc.Wait()
	family.mu.Lock()
	defer family.mu.Unlock()
	delete(family.live, p.pid)
	return state, err
}

// reapOrphansForever reaps adopted processes that ended by themselves. A
// program that forks and leaves its children to others would otherwise fill
// the process table with them until End.
func reapOrphansForever() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, unix.SIGCHLD)
	for range c {
		// Most often it was a program, or a command of somebody else's, which
		// its own waiter reaps. Give it the time, and the process table a rest.
		time.Sleep(50 * time.Millisecond)
		if endedChild() {
			family.mu.Lock()
			reapOrphans(readTable())
			family.mu.Unlock()
		}
	}
}

// endedChild reports whether any child waits to be reaped. It only looks:
// reaping just any child would take those of os/exec.
func endedChild() bool {
	var info unix.Siginfo
	err := unix.Waitid(unix.P_ALL, 0, &info, unix.WEXITED|unix.WNOWAIT|unix.WNOHANG, nil)
	return err == nil && info.Signo != 0
}
