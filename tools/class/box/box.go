// Package box runs one grading in a place of its own, so that gradings side by
// side do not meet, and what a program does ends with its grading.
//
// A grading in a box has a network of its own with nothing but loopback, sees
// no process but its own, finds every file system read-only, and does not see
// the folders that are hidden from it. When the box's first process is killed
// the kernel kills all others in it: nothing has to be looked for. It is killed, too,
// when its starter ends, in whatever way (PR_SET_PDEATHSIG in prctl(2)).
//
// The box is built by the process itself. It begins as a copy of this program
// in fresh namespaces (namespaces(7)), prepares them, gives up what it may do
// there, and becomes the grader by execve(2). Where the kernel refuses that,
// there is less: [Probe] says what.
//
// How many tasks (processes and threads) there are in a box is bounded by the highest
// process ID of its namespace (kernel.pid_max, which is each namespace's own since
// Linux 6.14), or else, for an ordinary user, by RLIMIT_NPROC (setrlimit(2)), which
// counts the box alone since Linux 5.14. What one process may write to is bounded by
// RLIMIT_DATA. What all of them take together is for the starter to watch: a cgroup
// could bound it, but few machines give one to an ordinary user.
package box

import (
	"io"
	"os"
	"os/exec"
)

// Level says how much of a box this machine gives.
type Level int

// The levels, from nothing on.
const (
	Open    Level = iota // a process group of its own, no more
	Network              // and a network of its own
	Closed               // and processes and files of its own
)

// String says what a level keeps apart.
func (l Level) String() string {
	switch l {
	case Closed:
		return "each grading has a network, processes and a read-only view of the files of its own"
	case Network:
		return "each grading has a network of its own"
	}
	return "gradings share this machine's loopback and files"
}

// A Place is what this machine gives for boxes.
type Place struct {
	Level
	Counted string // what bounds the tasks of a box: "namespace", "user", or "" for nothing
	Why     string // there is no better level
}

// Words is what a result says of the place it was graded in.
func (p Place) Words() map[string]string {
	words := map[string]string{"process": "group", "network": "shared", "files": "shared", "tasks": "not bounded",
		"memory": "watched"} // of all together; the kernel bounds that of one process alone
	if p.Level >= Network {
		words["network"] = "namespace"
	}
	if p.Level == Closed {
		words["process"], words["files"] = "namespace", "read-only"
	}
	if p.Counted != "" {
		words["tasks"] = "bounded by " + p.Counted
	}
	return words
}

// Options describe what runs in a box.
type Options struct {
	Args   []string // of this program, after its name
	Env    []string
	Dir    string   // where it runs
	Keep   []string // folders that stay in sight, whatever is hidden above them
	Write  []string // folders that stay in sight, and can be written
	Hide   []string // folders that look empty
	Fresh  []string // folders that are empty at the start, can be written, and vanish with the box
	Tasks  int      // how many processes and threads there may be; 0 for no bound
	Data   int64    // bytes that one process may have to write to, such as its heap; 0 for no bound
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
}

// An order is what the first process of a box has to do.
type order struct {
	Level                    Level
	Dir                      string
	Keep, Write, Hide, Fresh []string
	Tasks                    int
	Data                     int64
	Root                     bool     // it is root who has started the box
	Args                     []string // none: only try
}

// reserved is the name under which this program is the first process of a box.
const reserved = "loopback-box"

// self is this program's own file, whatever lies at its path by now.
func self() string {
	path, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return path
}

// plain is a command without a box.
func plain(o Options) *exec.Cmd {
	cmd := exec.Command(self(), o.Args...)
	cmd.Env, cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = o.Env, o.Dir, o.Stdin, o.Stdout, o.Stderr
	return cmd
}
