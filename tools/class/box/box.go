// Package box runs one grading in a place of its own, so that gradings side by
// side do not meet, and what a program does ends with its grading.
//
// A grading in a box has a network of its own with nothing but loopback, sees
// no process but its own, finds every file system read-only, and does not see
// the folders that are hidden from it. When the box's first process is killed
// the kernel kills all others in it: nothing has to be looked for.
//
// The box is built by the process itself. It begins as a copy of this program
// in fresh namespaces (namespaces(7)), prepares them, gives up what it may do
// there, and becomes the grader by execve(2). Where the kernel refuses that,
// there is less: [Probe] says what.
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

// Words is what a result says of the level it was graded at.
func (l Level) Words() map[string]string {
	words := map[string]string{"process": "group", "network": "shared", "files": "shared"}
	if l >= Network {
		words["network"] = "namespace"
	}
	if l == Closed {
		words["process"], words["files"] = "namespace", "read-only"
	}
	return words
}

// Options describe what runs in a box.
type Options struct {
	Args   []string // of this program, after its name
	Env    []string
	Dir    string   // where it runs
	Keep   []string // folders that stay in sight, whatever is hidden above them
	Hide   []string // folders that look empty
	Fresh  []string // folders that are empty at the start, can be written, and vanish with the box
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
}

// An order is what the first process of a box has to do.
type order struct {
	Level             Level
	Dir               string
	Keep, Hide, Fresh []string
	Args              []string // none: only try
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
