package grade

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"loopback/tools/base/record"
)

// full is for every night. It is set by a flag that TestMain makes, since this package
// begins with a fresh set of flags.
var full bool

// The units that the mirror is tried on: small is edited on the disk; once and
// many are only ever replaced by overlays.
const (
	small = "00-setup"
	once  = "02-echo-once"
	many  = "04-goroutine-per-client"
)

// TestMirror runs the real go test in a copy of the course, as a learner does.
func TestMirror(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs many test binaries")
	}
	m := newMirror(t, small, once, "03-echo-in-turn", many)
	writeElsewhere(t, m)
	if out, ok := m.goTest(t, "-vet=off", "-run=^$", "./exercises/"+small); !ok { // builds the tools, once
		t.Fatal(out)
	}
	for _, c := range []struct {
		name string
		run  func(*testing.T, *mirror)
	}{
		{"cache", testCache},
		{"stub", testStub},
		{"elsewhere", testElsewhere},
		{"wrong programs", testWrongs},
		{"one scenario", testOneScenario},
		{"where", testWhere},
		{"flags", testFlags},
		{"early flags", testEarlyFlags},
		{"locale", testLocale},
		{"compile error", testCompileError},
		{"processors", testProcessors},
		{"race", testRace},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, m)
		})
	}
}

// An untouched stub is told in a few lines what to open and read.
func testStub(t *testing.T, m *mirror) {
	out, ok := m.goTest(t, "./exercises/"+once)
	if ok {
		t.Errorf("an untouched stub passes:\n%s", out)
	}
	must(t, out, once+": not started", "chapters/"+once+".md", "exercises/"+once+"/main.go")
	mustNot(t, out, "panic", "goroutine ", ".go:")
	if lines := own(out); len(lines) == 0 || len(lines) > 4 {
		t.Errorf("%d lines for an untouched stub:\n%s", len(lines), out)
	}
}

// The go command caches what passes, and only as long as nothing changes that
// the verdict rests on.
func testCache(t *testing.T, m *mirror) {
	pkg, file := "./exercises/"+small, "testdata/"+small+"/01-greeting.txtar"
	script := m.read(t, file)
	m.write(t, "exercises/"+small+"/main.go", m.read(t, "solutions/"+small+"/main.go"))
	fresh := func(what string, wantOK bool, texts ...string) {
		t.Helper()
		out, ok := m.goTest(t, pkg)
		if ok != wantOK || strings.Contains(out, "(cached)") {
			t.Errorf("%s: ok %v, want %v, and not from the cache:\n%s", what, ok, wantOK, out)
		}
		must(t, out, texts...)
	}
	cached := func(what string) {
		t.Helper()
		if out, ok := m.goTest(t, pkg); !ok || !strings.Contains(out, "(cached)") {
			t.Errorf("%s: not from the cache:\n%s", what, out)
		}
	}
	fresh("the solution", true)
	cached("a second run")

	m.write(t, file, strings.Replace(script, `recv A 'hello, socket`, `recv A 'a new text`, 1))
	fresh("an edited scenario", false, "wrong-bytes", `"a new text\n"`)
	m.write(t, file, strings.Replace(script, "eof A", "eof A B", 1))
	fresh("a mistake in a scenario", false, "── error", file+":5: 1 arguments, not 2")
	m.write(t, file, strings.Replace(script, "eof A", "sreve A", 1))
	fresh("a word that there is not", false, file+`:5: unknown command "sreve"`)
	m.write(t, file, strings.Replace(script, "\nserve", "\n# pints 2\nserve", 1))
	fresh("a mistake in a header", false, file+`:2: unknown header "pints"`)
	m.write(t, file, script)
	fresh("the old text again, younger", true)

	m.write(t, "testdata/"+small+"/03-new.txtar", "# A new rule.\nserve\ndial A\nrecv A 'not this'\n")
	fresh("a new scenario", false, "03-new", "A new rule.")
	m.write(t, "testdata/"+small+"/03-new.txtar", "# A new rule.\n# challenge\nserve\ndial A\nrecv A 'not this'\n")
	out, ok := m.goTest(t, "-v", "-parallel=1", pkg)
	if !ok {
		t.Errorf("a challenge that is not passed fails:\n%s", out)
	}
	must(t, out, "--- SKIP: TestExercise/03-new",
		"challenge not passed; its report: go run ./tools/course run 00 03-new")
	m.write(t, "testdata/"+small+"/03-new.txtar", "# A new rule.\n# challenge\nserve\ndial A\n")
	if out, ok = m.goTest(t, "-v", pkg); !ok || !strings.Contains(out, "--- PASS: TestExercise/03-new") {
		t.Errorf("a challenge that is passed:\n%s", out)
	}
	m.remove(t, "testdata/"+small+"/03-new.txtar")
	fresh("the new scenario is gone again", true)
	m.remove(t, "testdata/"+small+"/02-next-client.txtar")
	fresh("a scenario less", true)
	cached("a second run without it")
	m.write(t, "exercises/"+small+"/main.go", m.read(t, "solutions/"+small+"/main.go")+"\n// A comment.\n")
	fresh("an edited program", true)
}

// foldedBack is where a command is folded, as one with a long seed is.
var foldedBack = regexp.MustCompile(` \\\n\s+`)

// A wrong program fails the scenario that is meant for it, by the code that its
// header tells.
func testWrongs(t *testing.T, m *mirror) {
	all := m.wrongs(t, once)
	if len(all) < 3 {
		t.Fatalf("only %d wrong programs", len(all))
	}
	for _, w := range []wrong{all[0], all[len(all)/2], all[len(all)-1]} {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			out, ok := m.goTest(t, m.overlay(t, once, map[string]string{"main.go": w.text}), "./exercises/"+once)
			if ok {
				t.Errorf("it passes:\n%s", out)
			}
			must(t, foldedBack.ReplaceAllString(out, " "), "── "+w.scenario+" ── "+w.code+" ─",
				"go test ./exercises/"+once+" -run /"+w.scenario+"$")
			report, table, _ := strings.Cut(out, "--- FAIL: TestExercise") // what comes before is told at once
			if n := strings.Count(report, "\n"); n > record.ReportLines+1 || !strings.Contains(report, "\nAgain\n") {
				t.Errorf("%d lines of a report that comes first:\n%s", n, out)
			}
			if n := len(own(table)); n > 10 || strings.Contains(table, "── ") {
				t.Errorf("%d lines of a table that comes last:\n%s", n, out)
			}
			if strings.Count(table, "FAIL "+w.scenario) != 1 {
				t.Errorf("the table does not tell of %s:\n%s", w.scenario, out)
			}
		})
	}
}

// go test says where the program was, as the grader's other doors do.
func testWhere(t *testing.T, m *mirror) {
	text := m.read(t, "testdata/"+once+"/wrong/input-comes-in-lines/main.go")
	out, ok := m.goTest(t, m.overlay(t, once, map[string]string{"main.go": text}), "./exercises/"+once)
	if ok {
		t.Error("it passes")
	}
	must(t, out, "Where your program was\n    main.go:", "[IO wait]")
}

// -run selects a scenario; the report is then about that one alone.
func testOneScenario(t *testing.T, m *mirror) {
	out, ok := m.goTest(t, m.solution(t, once), "-v", "-run", "/03-", "./exercises/"+once)
	must(t, out, "--- PASS: TestExercise/03-")
	if !ok || strings.Count(out, "--- PASS: TestExercise/") != 1 {
		t.Errorf("not one scenario, or it fails:\n%s", out)
	}
	for _, w := range m.wrongs(t, once) {
		if strings.HasPrefix(w.scenario, "01-") || w.race {
			continue
		}
		out, ok := m.goTest(t, m.overlay(t, once, map[string]string{"main.go": w.text}), "-run",
			"/"+w.scenario+"$", "./exercises/"+once)
		if ok {
			t.Errorf("%s passes %s:\n%s", w.name, w.scenario, out)
		}
		must(t, out, "── "+w.scenario+" ── "+w.code+" ─")
		mustNot(t, out, "not reached", "ERR ")
		return
	}
	t.Error("no wrong program fails a later scenario")
}

// A learner's flags may have any name, and -h shows them and no others.
func testFlags(t *testing.T, m *mirror) {
	flags := "package main\n\nimport \"flag\"\n\nvar (\n"
	for _, name := range []string{"testwork", "v", "h", "run", "parallel", "flaky", "timeout"} {
		flags += "\t_ = flag.Bool(\"" + name + "\", false, \"one of the learner's own\")\n"
	}
	both := m.overlay(t, once,
		map[string]string{"main.go": m.read(t, "solutions/"+once+"/main.go"), "flags.go": flags + ")\n"})
	if out, ok := m.goTest(t, both, "./exercises/"+once); !ok {
		t.Errorf("the learner's flags clash:\n%s", out)
	}
	exe := filepath.Join(t.TempDir(), childName)
	if out, ok := m.goTest(t, m.solution(t, once), "-c", "-o", exe, "./exercises/"+once); !ok {
		t.Fatal(out)
	}
	out, err := exec.CommandContext(t.Context(), exe, "-h").CombinedOutput()
	if err != nil {
		t.Errorf("-h: %v", err)
	}
	must(t, string(out), "Usage of ", "-listen address")
	mustNot(t, string(out), "-test", "-flaky")
}

// Flags may be parsed before main: in an init function, or by the initialiser of
// a variable.
func testEarlyFlags(t *testing.T, m *mirror) {
	text := m.read(t, "solutions/"+once+"/main.go")
	own := "\tlisten := flag.String(\"listen\", \"127.0.0.1:0\", \"`address` to listen on\")\n\tflag.Parse()\n"
	if !strings.Contains(text, own) {
		t.Fatalf("the solution has no lines %q", own)
	}
	text = strings.Replace(text, own, "", 1)
	for _, early := range []string{
		"var listen = flag.String(\"listen\", \"127.0.0.1:0\", \"\")\n\nfunc init() { flag.Parse() }\n",
		"var listen = parsed()\n\nfunc parsed() *string {\n\tat := flag.String(\"listen\", \"127.0.0.1:0\", \"\")\n" +
			"\tflag.Parse()\n\treturn at\n}\n",
	} {
		if out, ok := m.goTest(t, m.overlay(t, once, map[string]string{"main.go": text + "\n" + early}),
			"./exercises/"+once); !ok {
			t.Errorf("it fails:\n%s\n%s", early, out)
		}
	}
}

// What does not compile is told by the go command itself.
func testCompileError(t *testing.T, m *mirror) {
	text := strings.Replace(m.read(t, "solutions/"+once+"/main.go"), "\nfunc main() {\n",
		"\nfunc main() {\n\tlgo.Println()\n", 1)
	line := 1 + strings.Count(text[:strings.Index(text, "lgo")], "\n")
	out, ok := m.goTest(t, m.overlay(t, once, map[string]string{"main.go": text}), "./exercises/"+once)
	if ok {
		t.Errorf("it compiles:\n%s", out)
	}
	must(t, out, "main.go:"+strconv.Itoa(line)+":2: undefined: lgo", "[build failed]")
	if lines := own(out); len(lines) > 0 {
		t.Errorf("the grader adds %q", lines)
	}
}

// The verdict does not depend on how many processors there are, nor on whether
// another grader runs beside this one.
func testProcessors(t *testing.T, m *mirror) {
	all := m.wrongs(t, once)
	w := all[len(all)/3]
	dir := t.TempDir()
	for name, flag := range map[string]string{"right": m.solution(t, once),
		"wrong": m.overlay(t, once, map[string]string{"main.go": w.text})} {
		exe := filepath.Join(dir, name+".test")
		if out, ok := m.goTest(t, flag, "-c", "-o", exe, "./exercises/"+once); !ok {
			t.Fatal(out)
		}
		want := "── " + w.scenario + " ── " + w.code + " ─"
		if name == "right" {
			want = "PASS"
		}
		var sides sync.WaitGroup
		for _, cpus := range []string{"1", "2", "8", "2"} { // all side by side
			sides.Go(func() {
				cmd := exec.CommandContext(t.Context(), exe)
				cmd.Dir = m.path("exercises/" + once)
				cmd.Env = append(os.Environ(), "GOMAXPROCS="+cpus)
				if out, _ := cmd.CombinedOutput(); !strings.Contains(string(out), want) {
					t.Errorf("%s, GOMAXPROCS=%s: no %q in\n%s", name, cpus, want, out)
				}
			})
		}
		sides.Wait()
	}
}

// Where the locale has no UTF-8 all that is printed is ASCII.
func testLocale(t *testing.T, m *mirror) {
	w := m.wrongs(t, once)[0]
	exe := filepath.Join(t.TempDir(), "wrong.test")
	if out, ok := m.goTest(t, m.overlay(t, once, map[string]string{"main.go": w.text}), "-c", "-o",
		exe, "./exercises/"+once); !ok {
		t.Fatal(out)
	}
	for locale, ascii := range map[string]bool{"C": true, "C.UTF-8": false} {
		cmd := exec.CommandContext(t.Context(), exe)
		cmd.Dir = m.path("exercises/" + once)
		cmd.Env = append(os.Environ(), "LC_ALL="+locale)
		out, _ := cmd.CombinedOutput()
		must(t, string(out), w.scenario, "The rule")
		if !strings.ContainsFunc(string(out), func(r rune) bool { return r > '~' }) != ascii {
			t.Errorf("LC_ALL=%s:\n%s", locale, out)
		}
	}
}

// With -race the scenarios that ask for the detector are run, and what it sees
// is told with the learner's lines.
func testRace(t *testing.T, m *mirror) {
	if !full {
		t.Skip("it compiles the whole grader with the race detector: it is for every night")
	}
	if _, err := exec.LookPath("cc"); err != nil {
		t.Skip("no C compiler: the race detector cannot be built here")
	}
	if out, ok := m.goTest(t, m.solution(t, many), "-race", "-run", "/19-race$", "./exercises/"+many); !ok {
		t.Errorf("the solution fails under the race detector:\n%s", out)
	}
	for _, w := range m.wrongs(t, many) {
		if !w.race || w.code != string(record.Race) {
			continue
		}
		out, ok := m.goTest(t, m.overlay(t, many, map[string]string{"main.go": w.text}), "-race", "-run",
			"/19-race$", "./exercises/"+many)
		if ok {
			t.Errorf("%s passes under the race detector:\n%s", w.name, out)
		}
		must(t, out, "── 19-race ── race ─", "main.go:")
		mustNot(t, out, "not reached", "needs the race detector")
		return
	}
	t.Error("no wrong program of the unit is one for the race detector")
}
