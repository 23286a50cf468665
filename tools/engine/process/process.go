// Package process runs somebody else's program so that, whatever the program
// does, it ends, its output stays bounded, and nothing of it is left behind.
//
// A program under test may print without end, ignore every polite signal,
// stop itself, start children that keep its standard output open, or detach a
// daemon. [Start] prepares for all of that, and [Process.End] cleans up after
// it. The package knows nothing about what the program is for.
//
// What each system offers:
//
//   - Linux: everything. The program is the leader of a session and dies
//     with its caller. The caller becomes a child subreaper, so a daemon is
//     handed to the caller instead of to init and can be found and ended.
//   - Other Unix systems: the process group is ended. A child that leaves the
//     group, or outlives a caller that was killed, is out of reach.
//   - Windows: a job object holds the program and all it starts.
package process

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// drainTime bounds how long End waits for the end of the output once every
// process is dead. Only a process out of reach can use it up: it holds the
// other end of a pipe open.
const drainTime = 2 * time.Second

// dieTime bounds how long End waits for a killed process to be gone. Only one
// that sleeps uninterruptibly in the kernel uses it up.
const dieTime = 5 * time.Second

// Options says what to start.
type Options struct {
	Path  string   // the executable; PATH is not searched
	Args  []string // arguments after argv[0]
	Argv0 string   // argv[0]; "" means Path
	Dir   string   // working directory; "" means the caller's
	// Env is the whole environment, as "NAME=value"; nothing is inherited.
	// Start adds one variable, the mark by which strays are found. (On Windows
	// SYSTEMROOT is added too, without which nothing starts.)
	Env []string
	// Descriptors is how many file descriptors the program may have, standard
	// input, output and error among them; 0 means what the caller may. Only
	// Unix systems have such a limit: elsewhere it is an error.
	Descriptors int
	// Blocks is how large a file may become that the program writes, in units of the
	// shell's ulimit -f, of 512 bytes as a rule; 0 means what the caller may. A write is
	// taken in part then, or fails with EFBIG, and no signal comes (SIGXFSZ). Only Unix
	// systems have such a limit: elsewhere it is an error.
	Blocks int
	// Jammed keeps the pipe of standard output full until [Process.Unjam]: the
	// program stands still in its first write to it. Only Unix systems say how
	// much a pipe holds: elsewhere it is an error.
	Jammed bool
	// Keep is how many bytes of the beginning of standard output are kept;
	// 32 KiB when it is less.
	Keep int
	// Stdin asks for a pipe as the program's standard input, for
	// [Process.Input]. Without it standard input is the null device.
	Stdin bool
	// Input is the path of the program's standard input, or "": a folder, for
	// example, of which each read fails.
	Input string
	// Output is a file, such as /dev/full, to which standard output goes; nothing
	// of it is captured then. "" stands for a pipe that we read.
	Output string
	// OnOutput is called after each piece of output, after the end of each
	// output stream and after the end of the process; it may be nil. The calls
	// come from any goroutine, several at a time, and must not block.
	OnOutput func()
	// Files are further descriptors that the program gets, from 3 on.
	Files []*os.File
	// Namespace starts the program as root of a user and network namespace of
	// its own (namespaces(7)). Only Linux has them.
	Namespace bool
	// Room is the one folder below which the program may change files. Where the
	// kernel can (Linux 5.13, Landlock), the program may neither write elsewhere nor
	// look into or signal any process but those that it starts. "" leaves it what
	// the caller may.
	Room string
}

// Process is a started program. Its methods may be called from any goroutine.
// Whoever starts a Process must call End.
type Process struct {
	proc     *os.Process
	pid      int
	mark     string // "NAME=value", in the environment of the program
	onOutput func()

	stdout, stderr *Capture
	stdin          *os.File       // the end we write, or nil
	pipes          []*os.File     // the ends we read
	running        sync.WaitGroup // the readers and the waiter

	done   chan struct{} // closed when the process has been reaped
	status Status        // valid once done is closed

	stopper   stopper // of standard output
	unjamOnce sync.Once

	endOnce sync.Once
	strays  []Stray

	ahead time.Duration // how far its clock was put forward: see Advance
	asks  int64         // where the function is that it asks for the time; 0 where that is not known yet

	system // what the operating system needs on top
}

// Stray is a process that a program had left running, or had detached from
// itself, by the time it was ended.
type Stray struct {
	PID     int
	Command string // the command line as far as it is known, on one line
}

// family holds what this program has started and not yet ended.
var family = struct {
	mu   sync.Mutex
	open map[*Process]struct{} // End has not finished
	live map[int]*Process      // by process ID, not yet reaped
}{
	open: make(map[*Process]struct{}),
	live: make(map[int]*Process),
}

// Start starts the program. Its standard input is the null device or, when o
// asks for it, a pipe; its output and error streams are captured, and it gets
// no other file descriptors than those of o. The error is that of the operating
// system, an [*os.PathError] as a rule: no such file, not executable, no such
// directory.
func Start(o Options) (*Process, error) {
	p := &Process{
		mark:     newMark(),
		onOutput: o.OnOutput,
		stdout:   &Capture{keep: o.Keep},
		stderr:   &Capture{},
		done:     make(chan struct{}),
	}
	sys := attributes()
	if o.Namespace {
		if err := addNamespace(sys); err != nil {
			return nil, err
		}
	}
	files, err := p.openFiles(o)
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", o.Path, err)
	}
	argv0 := o.Argv0
	if argv0 == "" {
		argv0 = o.Path
	}
	path, argv, err := limited(o, append([]string{argv0}, o.Args...))
	if err != nil {
		closeAll(files)
		closeAll(p.pipes)
		return nil, err
	}
	err = p.launch(o.Room, path, argv, &os.ProcAttr{
		Dir:   o.Dir,
		Env:   environment(o.Env, p.mark),
		Files: slices.Concat(files, o.Files),
		Sys:   sys,
	})
	// The program has its own copies now. While we held ours, the streams
	// would never end.
	closeAll(files)
	if err != nil {
		closeAll(p.pipes)
		p.CloseInput()
		return nil, err
	}
	p.running.Add(3)
	go p.readOutput(p.pipes[0])
	go p.read(p.pipes[1], p.stderr)
	go p.wait()
	return p, nil
}

// launch starts the process, again if the executable is "text file busy".
//
// A program that has just been written to disk by this very process can be
// busy: between fork and exec the child of any other goroutine holds a copy of
// the descriptor it was written through (https://go.dev/issue/22315). The copy
// is gone after that child's exec, so waiting helps, and no other error is
// tried again.
func (p *Process) launch(room, path string, argv []string, attr *os.ProcAttr) error {
	const attempts = 10 // 1 ms, 2 ms, 4 ms ...: about half a second in all
	for try := range attempts {
		err := p.spawn(path, argv, attr, room)
		if !errors.Is(err, syscall.ETXTBSY) || try == attempts-1 {
			return err
		}
		time.Sleep(time.Millisecond << try)
	}
	return nil // not reached
}

// register notes the started process. The caller holds family.mu.
func (p *Process) register(proc *os.Process) {
	p.proc, p.pid = proc, proc.Pid
	family.open[p] = struct{}{}
	family.live[p.pid] = p
}

// wait reaps the process and announces its end.
func (p *Process) wait() {
	defer p.running.Done()
	state, err := p.reap()
	if err != nil {
		// Somebody else has reaped it: that it ended is all there is to know.
		p.status = Status{Code: -1}
	} else {
		p.status = statusOf(state)
	}
	close(p.done)
	p.notify()
}

// notify tells the caller that something has changed.
func (p *Process) notify() {
	if p.onOutput != nil {
		p.onOutput()
	}
}

// PID returns the process ID. After Done it may belong to somebody else.
func (p *Process) PID() int { return p.pid }

// Done returns a channel that is closed when the process itself has ended and
// has been reaped. Its children may live on, and its last output may still be
// on the way; [Process.End] waits for both.
func (p *Process) Done() <-chan struct{} { return p.done }

// Status returns how the process ended; the result is false while it runs.
func (p *Process) Status() (Status, bool) {
	select {
	case <-p.done:
		return p.status, true
	default:
		return Status{}, false
	}
}

// Stdout returns what the program, and any child that inherited the stream,
// has printed to standard output so far.
func (p *Process) Stdout() *Capture { return p.stdout }

// Stderr returns the same for standard error.
func (p *Process) Stderr() *Capture { return p.stderr }

// End ends the program and everything it has started, by SIGKILL: the process
// group first, then whatever left it. It returns when all of them are gone and
// their output has been read to its end, or after a few seconds if one cannot
// be killed.
//
// The result lists what the program had left behind BEFORE End was called:
// if it had ended, every process of its family that was still running; if it
// was still running, only those that had detached themselves (another process
// group, or no longer below it in the process tree). The children a running
// program has in its own group are ended with it and not held against it.
//
// Further calls return the same result.
func (p *Process) End() []Stray {
	p.endOnce.Do(func() {
		p.strays = p.endAll()
		p.CloseInput()
		p.Unjam() // or its reader would wait on
		p.drain()
		family.mu.Lock()
		delete(family.open, p)
		family.mu.Unlock()
	})
	return p.strays
}

// Kill ends the program at once and, where the system has them, its process
// group. [Process.End] has to be called all the same: it finds what has left the
// group, and waits for the end of all.
func (p *Process) Kill() {
	family.mu.Lock()
	defer family.mu.Unlock()
	p.killGroup()
}

// Sweep ends every Process that End has not been called for, and then every
// stray of any Process of this program that still exists, even those that End
// could not tell whose they were. It returns them all. It is meant for the
// end of the calling program.
func Sweep() []Stray {
	family.mu.Lock()
	var open []*Process
	for p := range family.open {
		open = append(open, p)
	}
	family.mu.Unlock()
	var strays []Stray
	for _, p := range open {
		strays = append(strays, p.End()...)
	}
	return append(strays, sweep()...)
}

// Status is how a process ended.
type Status struct {
	Code   int    // exit status; -1 if a signal ended the process
	Signal string // "SIGKILL", "SIGSEGV", ...; "" if the process exited
}

// String returns "exit status 1" or "signal SIGKILL".
func (s Status) String() string {
	if s.Signal != "" {
		return "signal " + s.Signal
	}
	return "exit status " + strconv.Itoa(s.Code)
}

// markName is the environment variable that marks a program and, because
// children inherit the environment, all it starts.
const markName = "LOOPBACK_MARK"

// family marks of one run of this program have the same first half. It is made
// when it is first needed: the first use of crypto/rand sets a timer of a
// minute, and a program under test that is this same executable, as in the
// learner's mirror, must not have a timer that its author knows nothing of.
var (
	markBase = sync.OnceValue(func() string { return markName + "=" + randomHex() + "." })
	markLast atomic.Int64
)

// newMark returns a mark that no other Process has, here or anywhere.
func newMark() string {
	return markBase() + strconv.FormatInt(markLast.Add(1), 10)
}

func randomHex() string {
	var b [12]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
