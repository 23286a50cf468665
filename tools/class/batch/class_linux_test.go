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
	"path/filepath"
	"testing"

	"loopback/tools/base/screen"
	"loopback/tools/base/tree"
	"loopback/tools/base/trial"
	"loopback/tools/class/box"
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
