package batch

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loopback/tools/base/trial"
	"loopback/tools/class/sheet"
)

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
	for _, part := range []string{`e-leads-out`, `""../main.go""`, "k-more", "not taken: go.mod",
		"l-nothing,,nothing was taken: there is no Go file"} {
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
