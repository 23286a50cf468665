package scene

import (
	"sync/atomic"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/process"
)

// A Instance is one process of the program under test.
type Instance struct {
	Name     string // "server", "client" or the name that the scenario gave it
	Proc     *process.Process
	Args     []string      // of a server, behind its address
	output   chan struct{} // has a value when there may be new output
	Ready    bool          // a server that has announced where it listens
	Sockets  []uint32      // which sockets it held when it announced, by their inodes
	Ports    int           // how many of TCP that were, where the system tells no more
	Files    int           // how many descriptors of every kind it held then
	MayEnd   bool          // it may end by itself, when it says why
	Allowed  int           // how many descriptors it might have before starve
	Listens  bool          // it was told where to listen: a server, however it was started
	Unix     string        // the Unix socket that it was asked to listen on, such as unix:PATH, or ""
	image    uint64        // of probe.Image, when it was started; 0 where that is not known
	Memory   int64         // how many bytes of memory it occupied then
	Again    bool          // started again, at the address of one that has ended
	Quit     bool          // the grader has ended it, on purpose or to see its goroutines
	Checked  bool          // the scenario has judged how it ended
	Signal   string        // the signal that the scenario sent it last, such as "SIGINT", or ""
	Passed   int           // how many bytes of its standard output prints has passed over
	Restless bool          // it did not come to rest the last time
	begun    bool          // something has been seen of it
	built    string        // where it was compiled to, when it was compiled here

	watcher *probe.Watcher                 // of its threads and of all that it has started
	asked   atomic.Bool                    // the grader has asked it for its goroutines
	over    atomic.Pointer[record.Verdict] // its guard has ended it, for this
}

func newProcess() *Instance { return &Instance{output: make(chan struct{}, 1)} }

// has makes proc the process of p.
func (p *Instance) has(proc *process.Process) {
	p.Proc, p.watcher = proc, probe.NewWatcher(proc.PID())
}

// Look says what the threads of the program and of all that it has started do.
func (p *Instance) Look() probe.Activity { return p.watcher.Look() }

// starting reports whether nothing has been seen of the program yet, neither a line nor a
// socket for the network: an interpreter, or a just-in-time compiler, may need seconds for that.
func (p *Instance) starting() bool {
	if !p.begun {
		there, err := probe.OnNetwork(p.Look().PIDs)
		p.begun = p.Proc.Stdout().Total() > 0 || there || err != nil // no evidence: no more time either
	}
	return !p.begun
}

// Begin waits until something has been seen of the program, or until it can be seen that
// nothing will.
func (p *Instance) Begin(s *Scene) Why {
	if !p.starting() {
		return Happened
	}
	return s.Await(p, nil, p.Looking(func() bool { return !p.starting() }))
}

// end ends the program, and returns what it had left behind.
func (p *Instance) end() []process.Stray {
	defer p.watcher.Close()
	return p.Proc.End()
}
