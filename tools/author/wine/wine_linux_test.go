package wine

import (
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"loopback/tools/base/catalogue"
	"loopback/tools/base/tree"
	"loopback/tools/engine/result"
	"loopback/tools/grade"
)

var (
	full   = flag.Bool("full", false, "grade programs under Wine")
	times  = flag.Int("times", 20, "how often each reference is graded, each time with another seed")
	units  = flag.String("units", Units, "the numbers of the units")
	only   = flag.String("program", "", "the one wrong program that is graded, UNIT/NAME; all if empty")
	atOnce = flag.Int("at-once", runtime.GOMAXPROCS(0), "how many programs are graded at the same time")
)

func TestWine(t *testing.T) {
	if !*full {
		t.Skip("with -full: programs are graded under Wine")
	}
	b := newBottle(t)
	faults := filepath.Join(b.dir, "faults.exe")
	if err := b.build(t.Context(), faults, "./tools/author/wine/testdata/faults", lend(t, false)); err != nil {
		t.Fatal(err)
	}
	if out, err := b.run(t.Context(), faults); err != nil {
		t.Fatalf("%v\n%s", err, out)
	} else {
		t.Logf("what this Wine does as Windows does:\n%s", out)
	}
	if *only == "" {
		t.Run("references", func(t *testing.T) { references(t, b) })
	}
	t.Run("wrong", func(t *testing.T) { wrong(t, b) })
}

// references: none fails, whatever the seed, and what is left out has a reason that lies
// with the system.
func references(t *testing.T, b *bottle) {
	var right atomic.Int32
	of := 0
	each(t, func(start func(func())) {
		for _, s := range subjects(t, b.root, catalogue.Solution) {
			exe := filepath.Join(b.dir, s.Name+".exe")
			if err := b.build(t.Context(), exe, "./"+filepath.ToSlash(s.Folder), b.overlay); err != nil {
				t.Error(err)
				continue
			}
			for seed := range *times {
				of++
				start(func() {
					if isRight(t, b, s, exe, seed) {
						right.Add(1)
					}
				})
			}
		}
	})
	t.Logf("%d of %d times a reference was right", right.Load(), of)
}

func isRight(t *testing.T, b *bottle, s catalogue.Subject, exe string, seed int) bool {
	r, err := b.grade(t, s.Unit, exe, "", seed)
	if err != nil {
		t.Errorf("%s: %v", s.Folder, err)
		return false
	}
	right := true
	for _, test := range r.Tests {
		left := test.Status == result.Skip && test.Rationale != "" && !test.Waits()
		if test.Challenge || test.Status == result.Pass || left {
			continue
		}
		t.Errorf("%s, seed %d: %s: %s %s: %s\n%s", s.Folder, seed, test.ID, test.Status, test.Code, test.Rationale,
			strings.Join(append(test.Timeline, test.OutputTail...), "\n"))
		right = false
	}
	return right
}

// wrong: a wrong program fails the scenario that is meant for it, or another. If that is
// left out by name, nothing is said of the program. None gets full marks but those of
// which the list says why.
func wrong(t *testing.T, b *bottle) {
	may := mayPass(t, b.root)
	var failed, left, passed, of atomic.Int32
	each(t, func(start func(func())) {
		for _, s := range subjects(t, b.root, catalogue.Wrong) {
			if *only != "" && *only != s.Unit+"/"+s.Name {
				continue
			}
			start(func() {
				of.Add(1)
				exe := filepath.Join(b.dir, s.Unit+"-"+s.Name+".exe")
				if err := b.build(t.Context(), exe, "./"+filepath.ToSlash(s.Folder), b.overlay); err != nil {
					left.Add(1)
					t.Logf("%s cannot be compiled for Windows: %v", s.Folder, err)
					return
				}
				how, why := verdict(t, b, s, exe)
				switch known := may[s.Unit+"/"+s.Name]; {
				case how == result.Fail:
					failed.Add(1)
				case how == result.Skip:
					left.Add(1)
					t.Logf("%s: %s is left out: %s", s.Folder, s.Scenario, why)
				case how == result.Pass && known != "":
					passed.Add(1)
					t.Logf("%s passes: %s", s.Folder, known)
				default:
					t.Errorf("%s: %s %s", s.Folder, how, why)
				}
			})
		}
	})
	t.Logf("of %d wrong programs %d fail, %d are left out, and %d pass, as is known", of.Load(), failed.Load(),
		left.Load(), passed.Load())
}

// verdict grades a wrong program by the scenario meant for it and, if that passes, by all.
func verdict(t *testing.T, b *bottle, s catalogue.Subject, exe string) (status, why string) {
	r, err := b.grade(t, s.Unit, exe, s.Scenario, grade.FixedSeed)
	if err != nil {
		return result.Error, err.Error()
	}
	for _, test := range r.Tests {
		switch {
		case test.Status == result.Error:
			return result.Error, test.ID + ": " + test.Rationale
		case test.ID != s.Scenario:
		case test.Status == result.Skip && !test.Waits():
			return result.Skip, test.Rationale
		case test.Status != result.Pass:
			return result.Fail, ""
		}
	}
	if r, err = b.grade(t, s.Unit, exe, "", grade.FixedSeed); err != nil {
		return result.Error, err.Error()
	}
	for _, test := range r.Tests {
		if !test.Challenge && (test.Status == result.Fail || test.Status == result.Timeout ||
			test.Status == result.Crashed) {
			return result.Fail, ""
		}
	}
	return result.Pass, s.Scenario + ", and all others that can be played here"
}

// mayPass returns the programs that are known to pass, by UNIT/NAME, and why.
func mayPass(t *testing.T, root string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "testdata", "elsewhere", "wine.txt"))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if name, why, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && !strings.HasPrefix(name, "#") {
			known[name] = why
		}
	}
	return known
}

// subjects returns the programs of a kind that can be compiled, of the units asked for.
func subjects(t *testing.T, root string, kind catalogue.Kind) []catalogue.Subject {
	t.Helper()
	all, err := tree.Units(root)
	if err != nil {
		t.Fatal(err)
	}
	var list []catalogue.Subject
	for _, unit := range all {
		number, _, _ := strings.Cut(unit, "-")
		if !strings.Contains(","+*units+",", ","+number+",") {
			continue
		}
		of, ps := catalogue.Subjects(root, unit)
		for _, p := range ps {
			t.Error(p)
		}
		for _, s := range of {
			if s.Kind == kind && !s.NotBuilt {
				list = append(list, s)
			}
		}
	}
	return list
}

// each runs what gives starts, some at the same time, and waits for all of it.
func each(t *testing.T, give func(start func(func()))) {
	slots := make(chan struct{}, *atOnce)
	var wg sync.WaitGroup
	give(func(f func()) {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			f()
		})
	})
	wg.Wait()
}
