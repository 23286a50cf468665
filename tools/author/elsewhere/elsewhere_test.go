//go:build noevidence

package elsewhere

import (
	"flag"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"loopback/tools/base/catalogue"
	"loopback/tools/base/record"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
	"loopback/tools/grade"
)

var (
	full   = flag.Bool("full", false, "grade all programs of the course")
	insert = flag.Bool("record", false, "with -full: add to the list what is caught and not in it")
	meant  = flag.Bool("meant", false, "with -full: wrong programs meet only the scenario meant for each")
	fresh  = flag.Bool("new", false, "with -full: only wrong programs that are not in the list")
	atOnce = flag.Int("at-once", 2*runtime.GOMAXPROCS(0), "how many programs are graded at the same time")
	unit   = flag.String("unit", "", "only programs of this unit")
)

// leastCaught is the share of wrong programs, in percent, that must be caught. It leaves
// some room for new programs that have not been tried here yet.
const leastCaught = 82

// TestRight: no right program fails, and what is left out has a reason that lies with
// the system. In CI each reference meets one scenario in four.
func TestRight(t *testing.T) {
	each(t, func(s catalogue.Subject) bool {
		return s.Kind == catalogue.Solution || s.Kind == catalogue.Right && *full
	}, func(s catalogue.Subject) {
		r := graded(t, s, "")
		if r == nil {
			return
		}
		for _, test := range r.Counting() {
			switch {
			case test.Status == result.Skip && (test.Waits() || test.Rationale == ""):
				t.Errorf("%s: %s is left out without a reason: %q", s.Folder, test.ID, test.Rationale)
			case test.Status != result.Pass && test.Status != result.Skip:
				t.Errorf("%s: %s ends with %s:\n%s", s.Folder, test.ID, test.Code, r.Text())
			}
		}
	})
}

// TestWrong: what has been caught before is caught. In CI that is one program of each
// unit.
func TestWrong(t *testing.T) {
	caught, sampled := readList(t), map[string]bool{}
	var many, of atomic.Int32
	each(t, func(s catalogue.Subject) bool {
		c, known := caught.all[name(s)]
		sample := known && !sampled[s.Unit] && certain(c.code)
		sampled[s.Unit] = sampled[s.Unit] || sample
		return s.Kind == catalogue.Wrong && (*full && !(known && *fresh) || sample && !*full) && !s.NotBuilt
	}, func(s catalogue.Subject) {
		of.Add(1)
		before, known := caught.get(name(s))
		if known && fails(t, s, before.scenario) != (catch{}) {
			many.Add(1)
			return
		}
		now := fails(t, s, s.Scenario)
		if now == (catch{}) && *full && !*meant {
			now = fails(t, s, "")
		}
		switch {
		case now != (catch{}):
			many.Add(1)
			if *insert {
				caught.add(t, name(s), now)
			}
		case known:
			t.Errorf("%s was caught by %s (%s), and passes now", s.Folder, before.scenario, before.code)
		}
	})
	t.Logf("%d of %d wrong programs are caught", many.Load(), of.Load())
	if *full && *unit == "" && !*fresh && many.Load()*100 < of.Load()*leastCaught {
		t.Errorf("these are less than %d%%", leastCaught)
	}
}

// certain reports whether a verdict of this code is there at once, and rests on what
// came and not on what did not.
func certain(code record.Code) bool {
	return slices.Contains([]record.Code{record.WrongBytes, record.EarlyEOF, record.ExtraBytes, record.ExitStatus,
		record.Output, record.Crash, record.Exited, record.WrongAddress}, code)
}

func name(s catalogue.Subject) string { return s.Unit + "/" + s.Name }

// fails grades a program by one scenario, or by all, and returns how it is caught.
func fails(t *testing.T, s catalogue.Subject, only string) catch {
	r := graded(t, s, only)
	if r == nil {
		return catch{}
	}
	for _, test := range r.InOrder() {
		if test.Status == result.Fail || test.Status == result.Timeout || test.Status == result.Crashed {
			return catch{test.ID, test.Code}
		}
	}
	return catch{}
}

func graded(t *testing.T, s catalogue.Subject, only string) *result.Result {
	u, err := scenario.LoadUnit(root, s.Unit)
	if err != nil {
		t.Error(err)
		return nil
	}
	how := grade.Options{Only: only, Seed: grade.FixedSeed}
	if only == "" && !*full {
		how.OneIn = 4 // where nothing can be seen each wait takes its time
	}
	r, err := grade.GradeFolder(t.Context(), u, filepath.Join(root, s.Folder), s.Race, how)
	if err != nil {
		t.Errorf("%s: %v", s.Folder, err)
		return nil
	}
	if r.Status == result.NotBuilt {
		t.Errorf("%s does not compile: %s", s.Folder, r.Build.Output)
	}
	return r
}

// each calls f for the programs that are wanted, a few at a time.
func each(t *testing.T, wanted func(catalogue.Subject) bool, f func(catalogue.Subject)) {
	all, ps := catalogue.Subjects(root, *unit)
	for _, p := range ps {
		t.Error(p)
	}
	slots := make(chan struct{}, *atOnce)
	var wg sync.WaitGroup
	for _, s := range all {
		if s.Unit == "" || strings.Contains(s.Folder, "hostile") || !wanted(s) {
			continue
		}
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			f(s)
		})
	}
	wg.Wait()
}
