package batch

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"loopback/tools/base/screen"
	"loopback/tools/base/tree"
	"loopback/tools/base/trial"
	"loopback/tools/class/box"
	"loopback/tools/class/sheet"
	"loopback/tools/engine/result"
	"loopback/tools/engine/result/valid"
)

// underTest is the argument with which this test binary is a batch, whose
// options it reads.
const underTest = "batch-under-test"

func TestMain(m *testing.M) {
	verbs := map[string]func(context.Context, io.Reader, io.Writer) error{ChildVerb: Child, BuildVerb: Build}
	if len(os.Args) > 1 && verbs[os.Args[1]] != nil {
		if err := verbs[os.Args[1]](context.Background(), os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		return
	}
	if len(os.Args) > 2 && os.Args[1] == underTest {
		var o Options
		if err := json.Unmarshal([]byte(os.Args[2]), &o); err != nil {
			panic(err)
		}
		o.Screen = screen.New(os.Stdout)
		Run(context.Background(), o)
		return
	}
	os.Exit(m.Run())
}

const unit = "02-echo-once"

// class makes a small course, and a class of twelve that has handed something
// in for it: folders and archives, right and wrong and hostile programs.
func class(t *testing.T) Options {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	from, err := tree.Root(dir)
	if err != nil {
		t.Fatal(err)
	}
	read := func(path ...string) string {
		data, err := os.ReadFile(filepath.Join(append([]string{from}, path...)...))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	scenarios := map[string]string{}
	for _, id := range []string{"01-comes-and-goes", "02-one-line", "03-no-newline"} {
		scenarios[unit+"/"+id+".txtar"] = read("testdata", unit, id+".txtar")
	}
	root, subs := trial.Course(t, scenarios), t.TempDir()
	wrong := func(name string) string { return read("testdata", unit, "wrong", name, "main.go") }
	hostile := func(name string) string { return read("testdata", "hostile", name, "main.go") }
	trial.Write(t, filepath.Join(subs, "a-solution", "main.go"), read("solutions", unit, "main.go"))
	right := read("testdata", unit, "right", "io-copy", "main.go")
	trial.Write(t, filepath.Join(subs, "b-named", unit, "main.go"), right)
	trial.Write(t, filepath.Join(subs, "c-clone", "exercises", unit, "main.go"), wrong("greet-first"))
	pack(t, filepath.Join(subs, "d-packed.zip"), "d/main.go", wrong("flush-at-the-newline"))
	pack(t, filepath.Join(subs, "e-leads-out.zip"), "../main.go", "package main\n")
	trial.Write(t, filepath.Join(subs, "f-stub", "main.go"), read("exercises", unit, "main.go"))
	trial.Write(t, filepath.Join(subs, "g-no-go", "main.go"), "package main\n\nfunc main() { no go }\n")
	trial.Write(t, filepath.Join(subs, "h-elsewhere", "main.go"), "//go:build plan9\n\npackage main\n")
	trial.Write(t, filepath.Join(subs, "i-hostile", "main.go"), hostile("exits-in-init"))
	trial.Write(t, filepath.Join(subs, "j-kills", "main.go"), killsAll)
	trial.Write(t, filepath.Join(subs, "k-more", "main.go"), read("solutions", unit, "main.go"))
	trial.Write(t, filepath.Join(subs, "k-more", "go.mod"), "module mine\n")
	trial.Write(t, filepath.Join(subs, "l-nothing", unit+".txt"), "I had no time.\n")
	return Options{Root: root, Dir: subs, Units: []string{unit}, Parallel: 2, Seed: 7, Screen: screen.New(io.Discard)}
}

// killsAll ends and stops all that it can reach, the grader above all.
const killsAll = `package main

import (
	"os"
	"syscall"
)

func main() {
	syscall.Kill(os.Getppid(), syscall.SIGSTOP)
	syscall.Kill(os.Getppid(), syscall.SIGKILL)
	if os.Getppid() == 1 { // in a box: all but itself and the first process
		syscall.Kill(-1, syscall.SIGKILL)
	}
}
`

func pack(t *testing.T, file, name, text string) {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create(name)
	if err == nil {
		_, err = f.Write([]byte(text))
	}
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	trial.Write(t, file, b.String())
}

// needsClosed skips a test where a program could end its grader, or see what it sees.
func needsClosed(t *testing.T) {
	t.Helper()
	if p := box.Probe(); p.Level != box.Closed {
		t.Skip("this machine gives no closed boxes: " + p.Why)
	}
}

// TestClass grades a class twice, the second time one at a time, after a batch
// that was killed in the middle: all is as it was.
func TestClass(t *testing.T) {
	needsClosed(t)
	o := class(t)
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	o.Out = filepath.Join(t.TempDir(), "one")
	if _, err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	checkGrades(t, o.Out)
	o2 := o
	o2.Out = filepath.Join(t.TempDir(), "two")
	killInTheMiddle(t, o2)
	o2.Resume = true
	if _, err := Run(t.Context(), o2); err != nil {
		t.Fatal(err)
	}
	same(t, o.Out, o2.Out)
	for _, dir := range []string{o.Out, o2.Out} {
		if left, err := filepath.Glob(filepath.Join(dir, own, "work*")); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("left behind in the temporary folder: %v, %v", left, err)
	}
}

// checkGrades compares the table with what the programs are.
func checkGrades(t *testing.T, out string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(out, "grades.csv"))
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{"id,total,max,percent," + unit, "a-solution,3,3,100.0,3", "b-named,3,3,100.0,3",
		"c-clone,0,3,0.0,0", "d-packed,2,3,66.7,2", "e-leads-out,,,,?", "f-stub,0,3,0.0,0", "g-no-go,0,3,0.0,0",
		"h-elsewhere,0,3,0.0,0", "i-hostile,0,3,0.0,0", "j-kills,0,3,0.0,0", "k-more,3,3,100.0,3",
		"l-nothing,0,3,0.0,0"}, "\n")
	if got := strings.TrimSpace(string(data)); got != want {
		t.Errorf("grades.csv:\n%s\nwant:\n%s", got, want)
	}
	review, err := os.ReadFile(filepath.Join(out, "review.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`e-leads-out`, `""../main.go""`, "k-more", "not taken: go.mod"} {
		if !strings.Contains(string(review), part) {
			t.Errorf("review.csv has no %q:\n%s", part, review)
		}
	}
	page, err := os.ReadFile(filepath.Join(out, "index.html"))
	if err != nil || !strings.Contains(string(page), "c-clone/report.html") || bytes.Contains(page, []byte("<script")) {
		t.Errorf("index.html: %v\n%s", err, page)
	}
}

// killInTheMiddle runs a batch that is killed as soon as it has a result.
func killInTheMiddle(t *testing.T, o Options) {
	t.Helper()
	o.Screen = nil
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	said, theirs, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], underTest, string(text))
	cmd.Stdout, cmd.Stderr = theirs, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	seen, buf := "", make([]byte, 100)
	for !strings.Contains(seen, "a-solution "+unit) && err == nil {
		n := 0
		n, err = said.Read(buf)
		seen += string(buf[:n])
	}
	cmd.Process.Kill()
	cmd.Wait()
	said.Close()
	if _, err := os.Stat(filepath.Join(o.Out, "grades.csv")); err == nil {
		t.Fatal("it was killed too late")
	}
	if _, err := os.Stat(sheet.ResultFile(o.Out, "a-solution", unit)); err != nil {
		t.Fatalf("it was killed too early: %v\n%s", err, seen)
	}
}

// same compares two folders of batches, byte by byte but for times and what
// differs from run to run on the wire.
func same(t *testing.T, one, two string) {
	t.Helper()
	a, b := contents(t, one), contents(t, two)
	for name := range b {
		if _, there := a[name]; !there {
			t.Errorf("%s is in one of them alone", name)
		}
	}
	for name := range a {
		if a[name] != b[name] {
			t.Errorf("%s differs:\n%s\n%s", name, a[name], b[name])
		}
	}
}

func contents(t *testing.T, out string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, pattern := range []string{"*", "*/*"} {
		files, err := filepath.Glob(filepath.Join(out, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			name, _ := filepath.Rel(out, f)
			if fi, err := os.Stat(f); err != nil || fi.IsDir() || strings.HasPrefix(name, ".") ||
				strings.HasSuffix(name, "report.html") {
				continue // a page is made from the result, times included
			}
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(name, ".json") {
				checkSandbox(t, data)
				if err := valid.Check(data); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				data = timeless(t, data)
			}
			all[name] = string(data)
		}
	}
	return all
}

// checkSandbox makes sure that what was run was run in a box.
func checkSandbox(t *testing.T, data []byte) {
	t.Helper()
	r, err := sheet.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	for what, how := range box.Probe().Words() {
		if r.Status == result.Graded && r.Sandbox[what] != how {
			t.Errorf("graded in %v, not %s: %s", r.Sandbox, what, how)
		}
	}
}

// timeless removes times from a result, and what tells of the wire.
func timeless(t *testing.T, data []byte) []byte {
	t.Helper()
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	var strip func(v any)
	strip = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for key, inner := range v {
				if slices.Contains([]string{"ms", "timeline", "rationale"}, key) {
					delete(v, key)
				}
				strip(inner)
			}
		case []any:
			for _, inner := range v {
				strip(inner)
			}
		}
	}
	strip(v)
	out, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestResume grades again what has changed, and nothing else; a mark that is
// another than before stands in a table.
func TestResume(t *testing.T) {
	o := class(t)
	o.Only = []string{"a-solution", "b-named"}
	o.Out = filepath.Join(t.TempDir(), "out")
	if _, err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	kept := sheet.ResultFile(o.Out, "a-solution", unit)
	before, err := os.Stat(kept)
	if err != nil {
		t.Fatal(err)
	}
	trial.Write(t, filepath.Join(o.Dir, "b-named", unit, "main.go"), "package main\n\nfunc main() {}\n")
	o.Resume = true
	if _, err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(kept); err != nil || !os.SameFile(before, after) {
		t.Errorf("what has not changed was graded again: %v", err)
	}
	changes, err := os.ReadFile(filepath.Join(o.Out, "changes.csv"))
	if want := "id,unit,before,after\nb-named," + unit + ",3/3,0/3\n"; err != nil || string(changes) != want {
		t.Errorf("changes.csv: %v\n%s", err, changes)
	}
}

// TestOnly grades one submission, and the tables keep what they had of the others.
func TestOnly(t *testing.T) {
	o := class(t)
	o.Out = filepath.Join(t.TempDir(), "out")
	for _, id := range []string{"f-stub", "g-no-go"} {
		o.Only = []string{id}
		if _, err := Run(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(filepath.Join(o.Out, "grades.csv"))
	for _, row := range []string{"a-solution,0,3,0.0,\n", "f-stub,0,3,0.0,0\n", "g-no-go,0,3,0.0,0\n"} {
		if err != nil || !strings.Contains(string(data), row) {
			t.Errorf("there is no %q: %v\n%s", row, err, data)
		}
	}
}

// TestDeadline: what is not graded in time has no mark, and the batch goes on.
func TestDeadline(t *testing.T) {
	o := class(t)
	o.Only, o.Deadline = []string{"a-solution"}, time.Nanosecond
	o.Out = filepath.Join(t.TempDir(), "out")
	c, err := Run(t.Context(), o)
	if err != nil || c.Unknown() != 1 {
		t.Fatalf("%v, %v", c, err)
	}
	review, err := os.ReadFile(filepath.Join(o.Out, "review.csv"))
	if err != nil || !strings.Contains(string(review), "could not grade: deadline") {
		t.Errorf("review.csv: %v\n%s", err, review)
	}
}

// TestAnonymous: no id of a learner is in what is passed on.
func TestAnonymous(t *testing.T) {
	o := class(t)
	o.Only, o.Anonymous = []string{"l-nothing"}, true
	o.Out = filepath.Join(t.TempDir(), "out")
	for range 2 { // the second time with the same key
		if _, err := Run(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	err := filepath.WalkDir(o.Out, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if strings.Contains(string(data)+path, "l-nothing") {
			t.Errorf("%s tells whose it is", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile(KeyFile(o.Out))
	if err != nil || strings.Count(string(key), "l-nothing") != 1 {
		t.Errorf("the key file: %v\n%s", err, key)
	}
}

// A folder that no batch has written is left alone.
func TestForeignFolder(t *testing.T) {
	o := class(t)
	o.Out = o.Dir
	if _, err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("%v", err)
	}
}
