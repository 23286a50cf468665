package scene

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"loopback/tools/base/record"
	"loopback/tools/engine/process"
)

// inherited is the descriptor under which the program gets the listener called
// name: the first behind standard error. The grader keeps its own.
func (s *Scene) inherited(name string) *os.File {
	s.NeedOutside("a listener that the program inherits")
	f, err := s.Listener([]string{name}).File()
	if err != nil {
		s.Skip("this system cannot hand on a listener")
	}
	return f
}

// managed starts the program as sd_listen_fds(3) describes it. The shell knows
// which process ID the program will have: it becomes the program.
func managed(argv []string) []string {
	const become = `LISTEN_PID=$$; export LISTEN_PID; exec "$0" "$@"`
	return append([]string{"/bin/sh", "-c", become}, argv...)
}

// Conditions are those under which a program is started.
type Conditions struct {
	Stdin       bool // its standard input is a pipe, for the command input
	Unreadable  bool // each read of its standard input fails
	Full        bool // its standard output takes no byte
	Little      bool // its standard output is a file that takes no more than a few blocks
	Jammed      bool // its standard output is full until the kernel was asked what it does
	Descriptors int  // how many file descriptors it may have; 0 for as many as the system gives

	Everywhere bool // it listens at all addresses of its machine, which is a namespace

	Listener string // the name of a listener that it inherits, or ""
	Unix     string // the Unix socket that it listens on, such as unix:PATH, or ""
}

// fullDevice is a file into which no byte fits: full(4).
const fullDevice = "/dev/full"

// fewBlocks are 1,024 bytes, or 2,048 where the shell counts in larger units.
const fewBlocks = 2

// littleFile makes an empty file in the scenario's folder, for a standard output that is
// a file, and returns its path.
func littleFile(s *Scene) string {
	f, err := os.CreateTemp(s.Tmp, "output-")
	if err != nil {
		s.Fail(record.Verdict{Code: record.CannotGrade, What: record.Say("no file could be made: %v", err)})
	}
	f.Close()
	return f.Name()
}

// Start starts the program under test with args.
func (s *Scene) Start(name string, args []string) *Instance {
	return s.StartWith(name, args, Conditions{})
}

// StartWith starts the program under test under the given conditions.
func (s *Scene) StartWith(name string, args []string, with Conditions) *Instance {
	if s.Ctx.Err() != nil {
		panic(Stop{"the result is no longer wanted"})
	}
	if s.Space != nil {
		return s.become(name, args, with)
	}
	p := newProcess()
	o := s.options(p, with)
	exe := s.executable()
	argv := slices.Concat([]string{exe}, s.Prog.Argv[1:], args)
	if with.Listener != "" {
		f := s.inherited(with.Listener)
		defer f.Close()
		o.Files, o.Env, argv = []*os.File{f}, append(o.Env, "LISTEN_FDS=1"), managed(argv)
	}
	o.Path, o.Args = argv[0], argv[1:]
	proc, err := process.Start(o)
	if with.Full && errors.Is(err, fs.ErrNotExist) {
		s.Skip("this system has no " + fullDevice)
	}
	if errors.Is(err, errors.ErrUnsupported) {
		s.Skip(fmt.Sprintf("this system cannot run the program so: %v", err))
	}
	if err != nil {
		s.Fail(notStarted(o.Path, err))
	}
	p.has(proc)
	p.Name, p.Unix, p.Listens = name, with.Unix, Listens(args)
	if s.Prog.Sources != nil {
		p.built = exe
	}
	if s.Scenario.Race && with.Descriptors == 0 && with.Listener == "" { // else it is a shell at first
		p.remember()
	}
	s.Programs = append(s.Programs, p)
	go s.guard(p)
	return p
}

// Listens reports whether these arguments tell a program where to listen.
func Listens(args []string) bool { return len(args) > 0 && args[0] == "-listen" }

// executable returns what is started: the program as it was when grading began.
func (s *Scene) executable() string {
	path, err := s.Prog.path()
	if err != nil {
		s.Fail(record.Verdict{Code: record.CannotGrade, What: record.Say("the program could not be started: %v", err)})
	}
	return path
}

// options says how p is to be started, apart from its path and arguments.
func (s *Scene) options(p *Instance, with Conditions) process.Options {
	output, blocks := "", 0
	switch {
	case with.Full:
		output = fullDevice
	case with.Little:
		output, blocks = littleFile(s), fewBlocks
	}
	input := ""
	if with.Unreadable {
		input = s.Tmp
	}
	return process.Options{
		Dir:  s.Tmp,
		Room: s.Tmp,
		Env:  slices.Concat(environment(s.Scenario, s.Tmp), s.Prog.Env, s.Env),
		Keep: process.OutputLimit, // output compares all of it

		Stdin:       with.Stdin,
		Input:       input,
		Output:      output,
		Jammed:      with.Jammed,
		Descriptors: with.Descriptors,
		Blocks:      blocks,
		OnOutput: func() {
			select {
			case p.output <- struct{}{}:
			default:
			}
		},
	}
}
