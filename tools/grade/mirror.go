package grade

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"loopback/tools/process"
)

// childName is the name under which the test binary runs the learner's main.
const childName = "program"

// init runs before the learner's package-level variables are set, in both
// processes. Flags that testscript has registered by then must not be there: a
// flag of the learner's might have the same name. Those of the test binary
// itself (test.*) come later.
func init() {
	name := os.Args[0]
	if isChild() {
		name = childName
	}
	flag.CommandLine = flag.NewFlagSet(name, flag.ExitOnError)
	if isChild() {
		flag.Usage = usageOfChild
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
		flag.Set("test.parallel", fmt.Sprint(4*runtime.GOMAXPROCS(0)))
	}
	return s.m.Run()
}

func isSet(name string) (set bool) {
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == name })
	return set
}

// dropTestFlags gives the learner's main a set of flags with only its own.
func dropTestFlags() {
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
// scenario. The report comes last, once, and in the course's order.
func Run(t *testing.T) {
	t.Helper()
	u, prog := mirrored(t)
	r := newResult(u, prog)
	r.Seed = prog.seed
	t.Cleanup(func() {
		r.selected()
		r.confirm(context.Background()) // t's own is over by now
		r.sum()
		if !r.AllPass() {
			fmt.Fprint(t.Output(), "\n"+r.Text())
		}
	})
	gate := r.Tests[0]
	ok := t.Run(gate.ID, func(t *testing.T) { r.mirror(t, gate) })
	if !ok {
		r.wait(gate.ID)
		return
	}
	for _, test := range r.afterGate() {
		t.Run(test.ID, func(t *testing.T) {
			t.Parallel()
			r.mirror(t, test)
		})
	}
}

// selected keeps of the plan what -run selected, and what waits for the gate.
func (r *Result) selected() {
	r.Tests = slices.DeleteFunc(r.Tests, func(t *Test) bool { return !t.ran && !t.waits() })
	r.Plan, r.MaxScore = nil, 0
	for _, t := range r.Tests {
		r.Plan = append(r.Plan, t.ID)
		r.MaxScore += t.MaxPoints
		r.untouched = r.untouched || t.untouched
	}
}

// mirror runs one scenario as a subtest.
func (r *Result) mirror(t *testing.T, test *Test) {
	out := runScenario(t.Context(), r.unit, test.scenario, r.prog)
	test.ran = true
	test.settle(out)
	test.untouched = out.untouched // r is shared with the other subtests
	switch test.Status {
	case Pass:
	case Skip:
		t.Skip(test.Rationale)
	default:
		t.Fail()
	}
}

// mirrored finds the unit and the program from the folder of the test.
func mirrored(t *testing.T) (*Unit, *Program) {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	root, err := FindRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	u, err := LoadUnit(root, filepath.Base(dir))
	if err != nil {
		t.Fatal(err)
	}
	exe, err := exec.LookPath(childName)
	if err != nil {
		t.Fatal(err)
	}
	folder := relative(root, dir)
	files, err := u.files(dir)
	if errors.Is(err, ErrElsewhere) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	seed, err := chooseSeed(0) // inside the test, so that the cache of tests knows of the variable
	if err != nil {
		t.Fatal(err)
	}
	prog := newProgram(Program{Argv: []string{exe}, Folder: folder, Race: raceEnabled, sources: files, seed: seed,
		raceBy: "go test -race ./" + filepath.ToSlash(folder)})
	prog.again = func(sc *Scenario) string {
		race := ""
		if sc.Race {
			race = "-race "
		}
		if runtime.GOOS == "windows" { // a variable before a command is a matter of Unix's shells
			return fmt.Sprintf("go run ./tools/course run %s %s --seed %d", u.Name, sc.ID, seed)
		}
		return fmt.Sprintf("%s=%d go test %s./%s -run /%s$", SeedVariable, seed, race, filepath.ToSlash(folder), sc.ID)
	}
	return u, prog
}
