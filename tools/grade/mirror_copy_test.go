package grade

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"loopback/tools/base/tree"
	"loopback/tools/base/trial"
)

// A mirror is a copy of the course in which tests may write: the module, the
// engine, and some units.
type mirror struct {
	root string
	tick time.Time // the time that was last given to a file
}

// newMirror copies the course with the units. All files are an hour old: the
// go command never caches a test that has read files of the last two seconds.
func newMirror(t *testing.T, units ...string) *mirror {
	t.Helper()
	from, err := tree.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	m := &mirror{root: t.TempDir(), tick: time.Now().Add(-time.Hour)}
	for _, f := range []string{"go.mod", "go.sum"} {
		m.write(t, f, readFrom(t, filepath.Join(from, f)))
	}
	for _, f := range engineFiles(from) {
		rel, err := filepath.Rel(from, f)
		if err != nil {
			t.Fatal(err)
		}
		m.write(t, filepath.ToSlash(rel), readFrom(t, f))
	}
	for _, u := range units {
		for _, tree := range []string{"exercises", "solutions", "testdata"} {
			m.copy(t, from, filepath.Join(tree, u))
		}
	}
	return m
}

func (m *mirror) copy(t *testing.T, from, dir string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(from, dir), func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(from, path)
		if err == nil && d.Type().IsRegular() && (!strings.HasSuffix(rel, "_test.go") || d.Name() == "grade_test.go") {
			m.write(t, rel, readFrom(t, path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func readFrom(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func (m *mirror) path(name string) string { return filepath.Join(m.root, filepath.FromSlash(name)) }

func (m *mirror) read(t *testing.T, name string) string { return readFrom(t, m.path(name)) }

func (m *mirror) write(t *testing.T, name, text string) {
	t.Helper()
	trial.Write(t, m.path(name), text)
	m.age(t, name)
}

func (m *mirror) remove(t *testing.T, name string) {
	t.Helper()
	if err := os.Remove(m.path(name)); err != nil {
		t.Fatal(err)
	}
	m.age(t, filepath.Dir(name))
}

// age makes a file and the folder that holds it old, but younger than all that
// were changed before.
func (m *mirror) age(t *testing.T, name string) {
	t.Helper()
	m.tick = m.tick.Add(time.Second)
	for _, path := range []string{m.path(name), filepath.Dir(m.path(name))} {
		if err := os.Chtimes(path, m.tick, m.tick); err != nil {
			t.Fatal(err)
		}
	}
}

// goTest runs go test in the copy and returns what it printed and whether it
// was content.
func (m *mirror) goTest(t *testing.T, args ...string) (output string, ok bool) {
	t.Helper()
	args = append([]string{"test"}, args...)
	if len(args) > 1 && strings.HasPrefix(args[1], "-overlay=") {
		args = slices.Insert(args, 1, "-vet=off") // what is replaced was vetted where it is at home
	}
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = m.root
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	data, err := cmd.CombinedOutput()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		t.Fatal(err)
	}
	return string(data), err == nil
}

// overlay returns the flag with which the go command sees other files in the
// unit's exercise: their names there, and the text. Nothing is changed on the
// disk, so that many can be tried at the same time.
func (m *mirror) overlay(t *testing.T, unit string, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	replace := map[string]string{}
	for name, text := range files {
		trial.Write(t, filepath.Join(dir, name), text)
		replace[m.path("exercises/"+unit+"/"+name)] = filepath.Join(dir, name)
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	trial.Write(t, filepath.Join(dir, "overlay.json"), string(data))
	return "-overlay=" + filepath.Join(dir, "overlay.json")
}

// solution is the overlay that puts the unit's solution in the stub's place.
func (m *mirror) solution(t *testing.T, unit string) string {
	t.Helper()
	return m.overlay(t, unit, map[string]string{"main.go": m.read(t, "solutions/"+unit+"/main.go")})
}

// must fails the test when the output lacks one of the texts.
func must(t *testing.T, output string, texts ...string) {
	t.Helper()
	lacks := slices.DeleteFunc(texts, func(text string) bool { return strings.Contains(output, text) })
	if len(lacks) > 0 {
		t.Errorf("no %q in\n%s", lacks, output)
	}
}

// mustNot fails the test when the output has one of the texts.
func mustNot(t *testing.T, output string, texts ...string) {
	t.Helper()
	has := slices.DeleteFunc(texts, func(text string) bool { return !strings.Contains(output, text) })
	if len(has) > 0 {
		t.Errorf("%q in\n%s", has, output)
	}
}

// own returns the lines of go test's output that the grader wrote: those that
// are indented and are no status lines of package testing.
func own(output string) (lines []string) {
	for line := range strings.Lines(output) {
		if strings.HasPrefix(line, "    ") && !strings.HasPrefix(strings.TrimSpace(line), "--- ") &&
			strings.TrimSpace(line) != "" {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

var caughtBy = regexp.MustCompile(`(?m)^// Caught by: ([0-9a-z-]+) \(([a-z-]+)\)` +
	`(, built with -race)?(?:, on two processors)?\.$`)

// A wrong is a program with a known mistake.
type wrong struct {
	name, text, scenario, code string
	race                       bool
}

// wrongs returns the unit's wrong programs whose header names a scenario.
func (m *mirror) wrongs(t *testing.T, unit string) (all []wrong) {
	t.Helper()
	files, err := filepath.Glob(m.path("testdata/" + unit + "/wrong/*/main.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		w := wrong{name: filepath.Base(filepath.Dir(file)), text: readFrom(t, file)}
		if found := caughtBy.FindStringSubmatch(w.text); found != nil {
			w.scenario, w.code, w.race = found[1], found[2], found[3] != ""
			all = append(all, w)
		}
	}
	return all
}
