package batch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/base/screen"
	"loopback/tools/base/tree"
	"loopback/tools/class/box"
	"loopback/tools/class/intake"
	"loopback/tools/class/rung"
	"loopback/tools/class/sheet"
	"loopback/tools/class/term"
	"loopback/tools/engine/process"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
	"loopback/tools/grade"
)

// Options say what is graded, how, and where it is written.
type Options struct {
	Root      string   // of the course
	Dir, Out  string   // the submissions, and what is written about them
	Units     []string // none: those for which submissions have folders
	Parallel  int      // how many gradings at once; 0 for a good number
	Resume    bool     // what was graded before, and has not changed, stays
	Only      []string // ids
	Roster    string   // a file
	Anonymous bool
	Against   string // an earlier Out, to compare with
	Race      bool
	Seed      int           // the same for all; 0: drawn once and kept
	Deadline  time.Duration // of one grading
	Term      term.Term     // of its units; nil: Units, with the points of their scenarios
	Hidden    string        // a folder with scenarios that are no part of the course
	Feedback  result.Feedback
	Sandbox   rung.Mode
	Screen    *screen.Screen
}

// Deadline is how long one grading may take where no flag says otherwise. It
// bounds what hangs: nobody fails by it.
const Deadline = 5 * time.Minute

// A batch is the grading of a class while it comes about.
type batch struct {
	Options
	*store
	place    box.Place
	kept     map[string]string // what a result says of its sandbox
	started  started
	tools    toolchain
	engine   string
	units    map[string]*scenario.Unit
	secret   map[string][]scenario.Hidden // of each unit
	chosen   []*intake.Submission         // those that are graded now; of the others there may be results
	learners []*sheet.Learner
	jobs     []*job
	note     *note
	temp     string // the folder for temporary files that others share
}

// A job is one program to grade for one unit.
type job struct {
	learner *sheet.Learner
	unit    *scenario.Unit
	program *intake.Program
	key     string
}

func (j *job) String() string { return j.learner.ID + " " + j.unit.Name }

// ErrInterrupted is returned when ctx was done before all was graded.
var ErrInterrupted = errors.New("interrupted: what was graded is kept; --resume goes on")

// Run grades the class. Count says what there is to see.
func Run(ctx context.Context, o Options) (*sheet.Class, error) {
	b := &batch{Options: o, units: map[string]*scenario.Unit{}, secret: map[string][]scenario.Hidden{},
		engine: grade.EngineKey(o.Root)}
	if b.Deadline == 0 {
		b.Deadline = Deadline
	}
	if err := b.findPlace(); err != nil {
		return nil, err
	}
	var err error
	if b.Hidden != "" {
		if b.Hidden, err = filepath.Abs(b.Hidden); err != nil {
			return nil, err
		}
	}
	if b.Dir, err = filepath.Abs(o.Dir); err != nil {
		return nil, err
	}
	subs, absent, err := b.submissions()
	if err != nil {
		return nil, err
	}
	if b.store, err = openStore(o.Out, o.Seed); err != nil {
		return nil, err
	}
	defer b.store.close()
	if b.Anonymous {
		if absent, err = anonymise(b.Out, subs, absent); err != nil {
			return nil, err
		}
	}
	defer b.ownTemp()()
	if err := b.chooseUnits(subs); err != nil {
		return nil, err
	}
	if err := b.prepareCourse(); err != nil {
		return nil, err
	}
	earlier := sheet.Earlier(b.out)
	if o.Against != "" {
		earlier = sheet.Earlier(o.Against)
	}
	if err := b.plan(subs, absent); err != nil {
		return nil, err
	}
	b.choosePlace()
	if b.tools, err = findTools(ctx, b.Root); err != nil {
		return nil, err
	}
	b.note = newNote(o.Screen, len(b.jobs))
	if err := b.grade(ctx); err != nil {
		return nil, err
	}
	class, err := sheet.Write(b.out, &sheet.Class{Units: b.Units, Learners: b.learners, Most: b.most(),
		Earlier: earlier, Feedback: b.Feedback, Term: b.Term})
	if err == nil && ctx.Err() != nil {
		err = ErrInterrupted
	}
	return class, err
}

// ownTemp makes compilers put their files into our folder: what a batch that was
// killed has left is tidied away there.
func (b *batch) ownTemp() (restore func()) {
	const name = "TMPDIR"
	b.temp = os.TempDir()
	before, was := os.LookupEnv(name)
	os.Setenv(name, b.own("work"))
	return func() {
		os.Unsetenv(name)
		if was {
			os.Setenv(name, before)
		}
	}
}

// submissions reads what there is to grade, and whose it is.
func (b *batch) submissions() (subs []*intake.Submission, absent []string, err error) {
	if subs, err = intake.List(b.Dir); err != nil {
		return nil, nil, err
	}
	var roster *intake.Roster
	if b.Roster != "" {
		if roster, err = intake.ReadRoster(b.Roster); err != nil {
			return nil, nil, err
		}
	}
	if absent, err = intake.Identify(subs, roster); err != nil {
		return nil, nil, err
	}
	for _, s := range subs {
		s.Stranger = roster != nil && !roster.Has(s.ID)
	}
	b.chosen, err = intake.Only(subs, b.Only)
	return subs, absent, err
}

// chooseUnits finds out which units are graded, and loads them.
func (b *batch) chooseUnits(subs []*intake.Submission) error {
	if b.Term != nil {
		b.Units = b.Term.Units()
	}
	if len(b.Units) == 0 {
		all, err := tree.Units(b.Root)
		if err != nil {
			return err
		}
		for _, s := range subs {
			b.Units = append(b.Units, s.Units(all)...)
		}
		if len(b.Units) == 0 {
			return fmt.Errorf("no folder in the submissions of %s is named like a unit: give --unit", b.Dir)
		}
	}
	slices.Sort(b.Units)
	b.Units = slices.Compact(b.Units)
	for _, name := range b.Units {
		u, err := scenario.LoadUnit(b.Root, name)
		if err != nil {
			return err
		}
		b.units[name] = u
	}
	return b.addHidden()
}

// addHidden adds the scenarios that are no part of the course, and says how many there are.
func (b *batch) addHidden() error {
	if b.Hidden == "" {
		return nil
	}
	course, err := tree.Units(b.Root)
	if err != nil {
		return err
	}
	if b.secret, err = scenario.ReadHidden(b.Hidden, course, b.Units...); err != nil {
		return fmt.Errorf("--hidden: %w", err)
	}
	for _, name := range b.Units {
		if err := b.units[name].Add(b.secret[name]); err != nil {
			return err
		}
		b.Screen.Printf("%s for %s\n", record.Number(len(b.secret[name]), "hidden scenario"), name)
	}
	return nil
}

// most returns the points that each unit is worth where nothing is skipped.
func (b *batch) most() map[string]int {
	most := map[string]int{}
	for name, u := range b.units {
		for _, sc := range u.Scenarios {
			if !sc.Challenge {
				most[name] += sc.Points
			}
		}
	}
	return most
}

// findPlace finds out how far gradings can be kept apart. The error is that more is
// required.
func (b *batch) findPlace() error {
	b.Sandbox = cmp.Or(b.Sandbox, rung.Auto)
	if b.Sandbox == rung.None {
		b.place = box.Place{Why: "--sandbox none was asked for"}
	} else {
		b.place = box.Probe()
	}
	if b.place.Level < box.Closed {
		process.Adopt() // what a grader that was killed has left comes to us
	}
	here := rung.Here(b.place)
	b.kept = rung.Words(b.place.Words(), here, rung.Batch, b.Sandbox)
	return rung.Missing(here, rung.Batch, b.Sandbox)
}

// choosePlace says how gradings are kept apart. Where they share loopback they could
// meet, so there is one at a time unless more are asked for.
func (b *batch) choosePlace() {
	if b.Parallel == 0 {
		b.Parallel = runtime.NumCPU()
		if b.place.Level == box.Open {
			b.Parallel = 1
		}
	}
	b.Screen.Printf("%s; %d at a time\n", b.place.Level, b.Parallel)
	if b.place.Why != "" {
		b.Screen.Printf("no more than that, because: %s\n", b.place.Why)
	}
}
