package grade

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"loopback/tools/base/tree"
	"loopback/tools/base/trial"
	"loopback/tools/engine/scenario"
)

// A change of what the unit gives changes the key of a result.
func TestGivenChangesTheKey(t *testing.T) {
	root := trial.Course(t, map[string]string{"01-tiny/01-one.txtar": "# A rule.\nserve\n"})
	trial.Write(t, filepath.Join(root, "solutions/01-tiny/word.go"), "package main\n")
	u := &scenario.Unit{Root: root, Name: "01-tiny"}
	folder := t.TempDir()
	trial.Write(t, filepath.Join(folder, "main.go"), "package main\n\nfunc main() { println(word()) }\n")
	before, err := Key(u, folder, "1")
	if err != nil {
		t.Fatal(err)
	}
	trial.Write(t, filepath.Join(u.Root, "solutions/01-tiny/word.go"),
		"package main\n\nfunc word() string { return \"new\" }\n")
	if after, err := Key(u, folder, "1"); err != nil || after == before {
		t.Errorf("the same key for other given files (%v)", err)
	}
}

// The engine's key is made of what the go command says the engine is built from.
func TestEngineKey(t *testing.T) {
	root, err := tree.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	list := exec.Command("go", "list", "-deps", "-f",
		"{{if .Module}}{{if .Module.Main}}{{range .GoFiles}}{{$.Dir}}/{{.}}\n{{end}}{{end}}{{end}}", "./"+enginePackage)
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	have := engineFiles(root)
	for _, f := range strings.Fields(string(out)) {
		if !slices.Contains(have, filepath.FromSlash(f)) {
			t.Errorf("%s is built into the engine and not part of its key", f)
		}
	}
	m := newMirror(t)
	before := EngineKey(m.root)
	for _, f := range []string{"tools/engine/space/space.go", "tools/engine/wire/doc.go", "go.sum"} {
		m.write(t, f, m.read(t, f)+"\n")
		after := EngineKey(m.root)
		if after == before {
			t.Errorf("a change of %s leaves the key as it was", f)
		}
		before = after
	}
	m.write(t, "tools/engine/space/more_test.go", "package space\n")
	if EngineKey(m.root) != before {
		t.Error("a test changes the key")
	}
}
