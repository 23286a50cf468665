// Package skeleton writes the files that a new unit begins with, in the four
// trees: they compile, the solution passes its one scenario, and the stub says
// that it has not been written. What is missing then, the laws say.
package skeleton

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"loopback/tools/base/tree"
)

//go:embed files/*
var files embed.FS

// templates says where each template goes.
var templates = []struct{ to, from string }{
	{"chapters/UNIT.md", "chapter.md"},
	{"exercises/UNIT/main.go", "stub.go.txt"},
	{"exercises/UNIT/grade_test.go", "door.go.txt"},
	{"solutions/UNIT/main.go", "solution.go.txt"},
	{"solutions/UNIT/grade_test.go", "door.go.txt"},
	{"testdata/UNIT/01-greeting.txtar", "scenario.txtar"},
	{"testdata/UNIT/stub/main.go", "stub.go.txt"},
}

// Write writes the skeleton of the unit called name into the course at root and
// returns the names of the files, relative to it. It writes nothing when the
// name is not one for a unit, or its number or any of the files is there
// already.
func Write(root, name string) ([]string, error) {
	if err := free(root, name); err != nil {
		return nil, err
	}
	data := map[string]string{"Unit": name, "Program": name[3:], "Title": title(name[3:])}
	texts := map[string][]byte{}
	var order []string
	for _, f := range templates {
		to := strings.ReplaceAll(f.to, "UNIT", name)
		if _, err := os.Lstat(filepath.Join(root, filepath.FromSlash(to))); !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s is there already; nothing was written", to)
		}
		t, err := template.New(f.from).Delims("[[", "]]").ParseFS(files, "files/"+f.from)
		if err != nil {
			return nil, err
		}
		var text bytes.Buffer
		if err := t.Execute(&text, data); err != nil {
			return nil, err
		}
		texts[to] = text.Bytes()
		order = append(order, to)
	}
	for _, to := range order {
		path := filepath.Join(root, filepath.FromSlash(to))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(path, texts[to], 0o644); err != nil {
			return nil, err
		}
	}
	return order, nil
}

// free reports what speaks against the name.
func free(root, name string) error {
	if !tree.UnitName.MatchString(name) {
		return fmt.Errorf("a unit is named NN-slug, two digits, a hyphen, lower-case words with hyphens, such as "+
			"21-fan-out; not %q", name)
	}
	units, err := tree.Units(root)
	if err != nil {
		return err
	}
	for _, u := range units {
		if u[:2] == name[:2] {
			return fmt.Errorf("the number %s is taken by %s; a unit's number is its place in the course", name[:2], u)
		}
	}
	return nil
}

// title makes a heading of a slug.
func title(slug string) string {
	words := strings.ReplaceAll(slug, "-", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}
