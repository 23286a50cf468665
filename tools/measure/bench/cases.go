package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"loopback/tools/base/catalogue"
	"loopback/tools/base/record"
	"loopback/tools/engine/build"
)

// A timed case is one thing that is done again and again.
type timed struct {
	name    string
	program string   // the text of main.go, before it is edited
	args    []string // of the go command, after the verb
	build   bool     // go build: what the others are compared with
	want    string   // what the output of go test must have: the verdict was the right one
	took    []time.Duration
}

// figures returns the median and the extremes.
func (c *timed) figures() (median, least, most time.Duration) {
	took := slices.Sorted(slices.Values(c.took))
	return took[len(took)/2], took[0], took[len(took)-1]
}

// prepare copies what is needed of the course at root to dir and returns the
// cases for the unit: go build, then pass and two failures, plain and then with
// the race detector.
func prepare(root, dir, unit string) ([]*timed, error) {
	if err := copyCourse(root, dir, unit); err != nil {
		return nil, err
	}
	solution, err := os.ReadFile(filepath.Join(root, "solutions", unit, "main.go"))
	if err != nil {
		return nil, err
	}
	programs := []timed{{name: "go build", program: string(solution), build: true},
		{name: "pass", program: string(solution), want: "ok  "}}
	for _, code := range []record.Code{record.WrongBytes, record.Silence} {
		text, err := wrong(root, unit, code)
		if err != nil {
			return nil, err
		}
		programs = append(programs,
			timed{name: "fail by " + string(code), program: text, want: "── " + string(code) + " ─"})
	}
	var cases []*timed
	kinds := []string{"", "-race"}
	if build.Detector(context.Background(), root) != nil {
		fmt.Println("no C compiler: nothing is built with the race detector")
		kinds = kinds[:1]
	}
	for _, race := range kinds {
		for _, c := range programs {
			if race != "" {
				c.name, c.args = c.name+" "+race, []string{race}
			}
			cases = append(cases, &c)
		}
	}
	return cases, nil
}

// wrong returns the first wrong program of the unit that is caught by code.
func wrong(root, unit string, code record.Code) (string, error) {
	subjects, _ := catalogue.Subjects(root, unit)
	for _, s := range subjects {
		if s.Kind == catalogue.Wrong && s.Code == code && !s.Race {
			data, err := os.ReadFile(filepath.Join(root, s.Folder, "main.go"))
			return string(data), err
		}
	}
	return "", fmt.Errorf("%s has no wrong program that is caught by %s", unit, code)
}

// copyCourse copies the module: the tools that an exercise is built with, all
// scenarios, and the unit's exercise.
func copyCourse(root, dir, unit string) error {
	for _, top := range []string{"go.mod", "go.sum", "tools", "testdata", filepath.Join("exercises", unit)} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			rel, err := filepath.Rel(root, path)
			if err != nil || !wanted(rel) {
				return err
			}
			return copyFile(path, filepath.Join(dir, rel))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// wanted leaves out the tests of the tools and the programs of testdata.
func wanted(rel string) bool {
	switch top, _, _ := strings.Cut(filepath.ToSlash(rel), "/"); top {
	case "tools":
		return !strings.HasSuffix(rel, "_test.go")
	case "testdata":
		return strings.HasSuffix(rel, ".txtar")
	}
	return true
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o644)
}
