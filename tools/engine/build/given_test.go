package build

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"loopback/tools/base/tree"
	"loopback/tools/base/trial"
	"loopback/tools/engine/scenario"
)

// withGiven writes a course of one unit whose solution has a file beside main.go.
func withGiven(t *testing.T) *scenario.Unit {
	t.Helper()
	root := trial.Course(t, map[string]string{"01-tiny/01-one.txtar": "# A rule.\nserve\n"})
	trial.Write(t, filepath.Join(root, "solutions/01-tiny/main.go"),
		"package main\n\nfunc main() { println(word()) }\n")
	trial.Write(t, filepath.Join(root, "solutions/01-tiny/word.go"),
		"package main\n\nfunc word() string { return \"given\" }\n")
	trial.Write(t, filepath.Join(root, "solutions/01-tiny/word_test.go"), "package main\n")
	trial.Write(t, filepath.Join(root, "solutions/01-tiny/elsewhere.go"), "//go:build plan9\n\npackage main\n")
	return &scenario.Unit{Root: root, Name: "01-tiny"}
}

// A program that is main.go alone gets the unit's files, unless it has files of
// that name, or declares one of their names.
func TestGiven(t *testing.T) {
	caller := "package main\n\nfunc main() { println(word()) }\n"
	tests := []struct {
		name  string
		files map[string]string
		says  string
	}{
		{"main.go alone", map[string]string{"main.go": caller}, "given"},
		{"a file of that name", map[string]string{"main.go": caller,
			"word.go": "package main\n\nfunc word() string { return \"mine\" }\n"}, "mine"},
		{"a function of that name", map[string]string{"main.go": caller,
			"words.go": "package main\n\nfunc word() string { return \"mine\" }\n"}, "mine"},
		{"a variable of that name", map[string]string{
			"main.go": caller + "\nvar word = func() string { return \"mine\" }\n"}, "mine"},
		{"a method of that name", map[string]string{
			"main.go": caller + "\ntype t int\n\nfunc (t) word() {}\n"}, "given"},
		{"that name for another system", map[string]string{"main.go": caller,
			"words.go": "//go:build plan9\n\npackage main\n\nfunc word() string { return \"mine\" }\n"}, "given"},
	}
	u := withGiven(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			folder := t.TempDir()
			for name, text := range tt.files {
				trial.Write(t, filepath.Join(folder, name), text)
			}
			exe, err := Program(context.Background(), u, folder, false)
			if err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command(exe).CombinedOutput()
			if got := strings.TrimSpace(string(out)); err != nil || got != tt.says {
				t.Errorf("it says %q, %v; want %q", got, err, tt.says)
			}
		})
	}
}

// In every unit whose solution has more files than main.go, the reference's
// main.go alone is a whole program.
func TestMainAloneBuilds(t *testing.T) {
	root, err := tree.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	names, err := tree.Units(root)
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, name := range names {
		u := &scenario.Unit{Root: root, Name: name}
		solution := filepath.Join(root, "solutions", name)
		whole, err := Files(u, solution)
		if err != nil || len(whole) == 1 {
			continue
		}
		tried++
		text, err := os.ReadFile(filepath.Join(solution, "main.go"))
		if err != nil {
			t.Fatal(err)
		}
		folder := t.TempDir()
		trial.Write(t, filepath.Join(folder, "main.go"), string(text))
		if _, err := Program(t.Context(), u, folder, false); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if tried == 0 {
		t.Error("no unit gives a file: nothing was tried")
	}
}
