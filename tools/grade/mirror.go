package grade

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"loopback/tools/base/disk"
	"loopback/tools/base/record"
	"loopback/tools/base/screen"
	"loopback/tools/base/tree"
	"loopback/tools/engine/build"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/process"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
)

// childName is the name under which the test binary runs the learner's main.
const childName = "program"

// init runs before the learner's package-level variables are set and before
// their init functions, in both processes. Flags that testscript has registered
// by then must not be there: a flag of the learner's might have the same name.
// Those of the test binary itself (test.*) come later. A learner may call
// flag.Parse before main; in the test binary that meets arguments for which
// there is no flag yet, and must neither complain nor end it.
func init() {
	name, onError := os.Args[0], flag.ExitOnError
	switch {
	case isChild():
		name = childName
	case testing.Testing():
		onError = flag.ContinueOnError
	}
	flag.CommandLine = flag.NewFlagSet(name, onError)
	if isChild() {
		flag.Usage = usageOfChild
	}
	if onError == flag.ContinueOnError {
		flag.CommandLine.SetOutput(io.Discard)
	}
}

func isChild() bool {
	return strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe") == childName
}

func usageOfChild() {
	fmt.Fprintf(flag.CommandLine.Output(), "Usage of %s:\n", childName)
	flag.PrintDefaults()
}

// Main is what an exercise's TestMain calls: it runs the tests, or, in the
// process that the grader starts, the learner's main function. It does not
// return.
func Main(m *testing.M, learner func()) {
	if !isChild() {
		flag.CommandLine.Init(os.Args[0], flag.ExitOnError)
		flag.CommandLine.SetOutput(nil)
		quickRaceExit()
	}
	testscript.Main(swept{m}, map[string]func(){childName: func() {
		dropTestFlags()
		learner()
	}})
}

// swept ends everything that programs left behind after the tests have run.
type swept struct{ m *testing.M }

func (s swept) Run() int {
	defer process.Sweep()
	flag.Parse()
	if !isSet("test.parallel") {
		// Scenarios mostly wait; let more of them wait at the same time.
		flag.Set("test.parallel", fmt.Sprint(scene.AtOnce(0)))
	}
	return s.m.Run()
}

func isSet(name string) (set bool) {
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == name })
	return set
}

// dropTestFlags gives the learner's main a set of flags with only its own; not
// when they have been parsed by now: then main only reads them.
func dropTestFlags() {
	if flag.Parsed() {
		return
	}
	own := flag.NewFlagSet(childName, flag.ExitOnError)
	own.Usage = func() { flag.Usage() } // which the learner's main may set, as in any program
	flag.VisitAll(func(f *flag.Flag) {
		if !strings.HasPrefix(f.Name, "test.") {
			own.Var(f.Value, f.Name, f.Usage)
		}
	})
	flag.CommandLine = own
}

// Run is what an exercise's only test calls: it grades the program of the
// folder it stands in, which is named like the unit, one subtest for each
// scenario. The report of the first failure comes as soon as it is certain, the
// table of all scenarios at the end.
func Run(t *testing.T) {
	t.Helper()
	u, prog := mirrored(t)
	r := newGrading(u, prog)
	r.first = func(report string) { say("\n" + report) }
	stop := r.patience()
	key := ownKey(u, filepath.Join(u.Root, prog.Folder), prog.Race)
	t.Cleanup(func() {
		r.holdSlow()
		r.confirm(context.Background(), r.InOrder()) // t's own is over by now
		stop()
		r.Sum()
		r.conclude(t.Output())
		keepDetected(u, r.Result, key)
	})
	gate := r.Tests[0]
	ok := t.Run(gate.ID, func(t *testing.T) { r.mirror(t, gate, func() {}) })
	if !ok {
		r.wait(gate.ID)
		return
	}
	for _, test := range r.afterGate() {
		t.Run(test.ID, func(t *testing.T) { r.mirror(t, test, t.Parallel) })
	}
	for _, test := range r.Aside() {
		t.Run(test.ID, func(t *testing.T) { r.mirrorChallenge(t, test) })
	}
	r.selected()
}

// The go command shows what a test prints to a pipe, of which no width is known, and
// what belongs to a test behind four spaces.
const (
	goTestWidth = 80
	ofATest     = 4
)

// say prints at once what the go command would keep until the test is over.
func say(text string) { fmt.Fprint(os.Stdout, screen.Plain(screen.Fold(text, goTestWidth))) }

// conclude prints the table, below the report if that has not been printed.
func (r *grading) conclude(out io.Writer) {
	text := r.Page()
	switch {
	case r.AllPass():
		return
	case r.told != nil && r.told == r.FirstFailure():
		text = r.Table()
	}
	fmt.Fprint(out, "\n"+screen.Plain(screen.Fold(text, goTestWidth-ofATest)))
}

// selected keeps of the plan what was chosen.
func (r *grading) selected() {
	r.ticking.Lock()
	defer r.ticking.Unlock()
	r.Tests = slices.DeleteFunc(r.Tests, func(t *result.Test) bool { return !r.turns[t].chosen })
	r.Plan, r.MaxScore = nil, 0
	for _, t := range r.Tests {
		r.Plan = append(r.Plan, t.ID)
		if t.Challenge {
			continue
		}
		r.MaxScore += t.MaxPoints
	}
}

// mirror runs one scenario as a subtest, after it has waited for its turn.
func (r *grading) mirror(t *testing.T, test *result.Test, turn func()) {
	r.turns[test].chosen = true
	turn()
	r.mirrorOnce(t, test)
	switch test.Status {
	case result.Pass:
	case result.Skip:
		t.Skip(test.Rationale)
	default:
		t.Fail()
	}
}

// elsewhere ends the test of a unit that cannot be done on this system. An exercise
// fails then: "ok" would say that it is done. A reference is left out.
func elsewhere(t *testing.T, unit, folder string) {
	if filepath.ToSlash(filepath.Dir(folder)) != "exercises" {
		t.Skip(build.ErrElsewhere)
	}
	say(fmt.Sprintf("\n%s cannot be done on %s: its program makes system calls that are not there.\n"+
		"  chapters/00-setup.md says what works where; on Windows there is WSL, a Linux\n", unit, runtime.GOOS))
	t.FailNow()
}

// mirrored finds the unit and the program from the folder of the test.
func mirrored(t *testing.T) (*scenario.Unit, *graded) {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	root, err := tree.Root(dir)
	if err != nil {
		t.Fatal(err)
	}
	u, err := scenario.LoadUnit(root, filepath.Base(dir))
	if err != nil {
		t.Fatal(err)
	}
	exe, err := exec.LookPath(childName)
	if err != nil { // a link to this test binary, which is there: it may not be run
		t.Fatalf("no program may be run from %s, which is perhaps mounted noexec: set the variable TMPDIR to a "+
			"folder from which programs may be run (%v)", os.TempDir(), err)
	}
	folder := disk.Relative(root, dir)
	files, err := build.Files(u, dir)
	if errors.Is(err, build.ErrElsewhere) {
		elsewhere(t, u.Name, folder)
	}
	if err != nil {
		t.Fatal(err)
	}
	seed, err := chooseSeed(0) // inside the test, so that the cache of tests knows of the variable
	if err != nil {
		t.Fatal(err)
	}
	prog := &graded{Folder: folder,
		Program: &scene.Program{Argv: []string{exe}, Race: raceEnabled, Sources: files, Seed: seed,
			Path:   module + filepath.ToSlash(folder),
			RaceBy: "go test -race ./" + filepath.ToSlash(folder)}}
	prog.Linked = linkedInto(u, files)
	prog.again = func(sc *scenario.Scenario) record.Phrase {
		race := ""
		if sc.Race {
			race = "-race "
		}
		if runtime.GOOS == "windows" { // a variable before a command is a matter of Unix's shells
			return record.Say("go run ./tools/course run %s %s --seed %d", u.Name, sc.ID, seed)
		}
		return record.Say("%s=%d go test %s./%s -run /%s$", SeedVariable, seed, race, filepath.ToSlash(folder), sc.ID)
	}
	return u, prog
}
