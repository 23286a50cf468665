// Package rung has the one list of what keeps a program under test in. Each rung holds on
// a machine or does not, for each of the two commands that give marks. What `course doctor`
// prints, what a result says, and what --sandbox require asks for, all come from it.
package rung

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"loopback/tools/class/box"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/process"
)

// A Door is a command that gives marks.
type Door string

// The doors. One grades one program, the other a class, each program in a box.
const (
	Grade Door = "course grade"
	Batch Door = "course batch"
)

// A Mode is how much is asked for.
type Mode string

// The modes: what there is, all that a door can give or no grading, nothing.
const (
	Auto    Mode = "auto"
	Require Mode = "require"
	None    Mode = "none"
)

// Modes are all of them.
var Modes = []Mode{Auto, Require, None}

// Check reports a word that is no mode.
func (m Mode) Check() error {
	if !slices.Contains(Modes, m) {
		return fmt.Errorf("--sandbox must be auto, require or none, not %q", string(m))
	}
	return nil
}

// A Machine is what there is to keep programs in with.
type Machine struct {
	Place   box.Place
	Sealed  bool // no program looks into its grader
	Lasting bool // of [process.RefusesLasting]
	Fences  int  // of [process.Fences]
	Weighs  bool // what processes take can be seen
}

// Here looks at this machine, but for its boxes: those are of [box.Probe].
func Here(p box.Place) Machine {
	_, err := probe.BurdenOf(os.Getpid())
	return Machine{Place: p, Sealed: process.Seals, Lasting: process.RefusesLasting(), Fences: process.Fences(),
		Weighs: err == nil}
}

// A Rung is one thing that a program is kept from.
type Rung struct {
	Name  string
	Keeps string // what a program cannot do where it holds
	Mend  string // what a machine needs for it
	Doors []Door // which can give it, and so must where it is required
	by    func(Machine, Door) string
}

// By is what holds the rung on a machine, at a door; "" for nothing.
func (r Rung) By(m Machine, d Door) string {
	if !slices.Contains(r.Doors, d) {
		return ""
	}
	return r.by(m, d)
}

// closed is what holds where a batch has boxes with processes and files of their own.
func closed(m Machine, d Door, by string) string {
	if d == Batch && m.Place.Level == box.Closed {
		return by
	}
	return ""
}

func when(holds bool, by string) string {
	if holds {
		return by
	}
	return ""
}

func or(one, other string) string {
	if one != "" {
		return one
	}
	return other
}

const (
	namespaces = "Linux with namespaces for ordinary users"
	landlock   = "Landlock"
)

var both = []Door{Grade, Batch}

// All are the rungs, from what is near the grader outwards.
var All = []Rung{
	{Name: "grader", Keeps: "cannot read or trace its grader", Mend: "Linux", Doors: both,
		by: func(m Machine, _ Door) string { return when(m.Sealed, "prctl(2)") }},
	{Name: "signals", Keeps: "cannot end its grader", Doors: both,
		Mend: "Linux 6.12 with Landlock, or for a batch " + namespaces,
		by: func(m Machine, d Door) string {
			return or(closed(m, d, "a namespace"), when(m.Fences >= 2, landlock))
		}},
	{Name: "files", Keeps: "cannot change files of others", Doors: both,
		Mend: "Linux 5.13 with Landlock, or for a batch " + namespaces,
		by: func(m Machine, d Door) string {
			return or(closed(m, d, "read-only mounts"), when(m.Fences >= 1, landlock))
		}},
	{Name: "lasting", Keeps: "cannot make what outlives it", Mend: "Linux on amd64 or arm64, with seccomp", Doors: both,
		by: func(m Machine, _ Door) string { return when(m.Lasting, "seccomp(2)") }},
	{Name: "network", Keeps: "cannot reach another grading, or the world", Mend: namespaces, Doors: both,
		by: func(m Machine, d Door) string {
			return when(m.Place.Level >= box.Network, map[Door]string{Batch: "a namespace",
				Grade: "a namespace, but for --exec and for text"}[d])
		}},
	{Name: "sight", Keeps: "cannot see other processes, solutions, what others have handed in", Mend: namespaces,
		Doors: []Door{Batch},
		by:    func(m Machine, d Door) string { return closed(m, d, "a namespace") }},
	{Name: "tasks", Keeps: "cannot have processes and threads without end", Doors: []Door{Batch},
		Mend: "Linux 6.14, or an ordinary user, and namespaces",
		by: func(m Machine, _ Door) string {
			return map[string]string{"namespace": "its namespace", "user": "RLIMIT_NPROC"}[m.Place.Counted]
		}},
	{Name: "memory", Keeps: "cannot take memory without end", Mend: "a /proc that shows what processes take",
		Doors: both,
		by:    func(m Machine, _ Door) string { return when(m.Weighs, "looking ten times a second") }},
}

// Held are the rungs that hold at a door, and those that do not.
func Held(m Machine, d Door, mode Mode) (held, lacks []Rung) {
	for _, r := range All {
		if mode != None && r.By(m, d) != "" {
			held = append(held, r)
		} else {
			lacks = append(lacks, r)
		}
	}
	return held, lacks
}

// ErrMissing is returned where a required rung does not hold.
var ErrMissing = errors.New("not all that --sandbox require asks for is on this machine")

// Missing returns an error where a mode asks for more than a machine gives.
func Missing(m Machine, d Door, mode Mode) error {
	if mode != Require {
		return nil
	}
	var lacks []string
	for _, r := range All {
		if slices.Contains(r.Doors, d) && r.By(m, d) == "" {
			lacks = append(lacks, fmt.Sprintf("%s (needs %s)", r.Name, r.Mend))
		}
	}
	if len(lacks) == 0 {
		return nil
	}
	why := m.Place.Why
	if why != "" {
		why = "; " + strings.Join(strings.Fields(why), " ")
	}
	return fmt.Errorf("%w: it lacks %s%s", ErrMissing, strings.Join(lacks, ", "), why)
}

// Words adds to what a result says of its sandbox what was asked for, and which rungs
// held.
func Words(sandbox map[string]string, m Machine, d Door, mode Mode) map[string]string {
	words := map[string]string{"asked": string(mode)}
	held, lacks := Held(m, d, mode)
	words["held"], words["lacks"] = names(held), names(lacks)
	maps.Copy(words, sandbox)
	return words
}

func names(rungs []Rung) string {
	var all []string
	for _, r := range rungs {
		all = append(all, r.Name)
	}
	return strings.Join(all, ", ")
}
