// Package export writes what an engine that grades needs: the files that it asks
// for, the command, and a course with one unit's scenarios and nothing that
// answers them.
package export

import (
	"bytes"
	"embed"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/template"

	"loopback/tools/class/sheet"
	"loopback/tools/engine/scenario"
)

//go:embed files
var files embed.FS

// Options say what is written where.
type Options struct {
	Unit  *scenario.Unit
	Out   string
	Build func(to string) error // makes the command
}

// A File is one that an engine asks for: the name under which it looks for it,
// and ours.
type file struct {
	name, from string
	runs       bool // it is a program
}

// An engine is a system that grades, and the files that it asks for.
type engine struct {
	files  []file
	course bool                   // the command and the course go with them
	pack   func(out string) error // what is left to do
}

var engines = map[string]engine{
	"gradescope": {course: true, pack: zipAll, files: []file{
		{"setup.sh", "gradescope-setup.sh", true}, {"run_autograder", "gradescope-run.sh", true}}},
	"classroom50": {course: true, files: []file{{"autograder.py", "classroom50-autograder.py", false}}},
	"autolab":     {course: true, pack: tarCourse, files: []file{{"autograde-Makefile", "autolab-Makefile", false}}},
	"prairielearn": {course: true, files: []file{{"info.json", "prairielearn-info.json", false},
		{"Dockerfile", "prairielearn-Dockerfile", false}, {"entrypoint.sh", "prairielearn-entrypoint.sh", true}}},
	"ci": {files: []file{{".github/workflows/grade.yml", "ci-github.yml", false},
		{".gitlab-ci.yml", "ci-gitlab.yml", false}}},
}

// Engines returns the names of the engines.
func Engines() []string { return slices.Sorted(maps.Keys(engines)) }

// Write writes what an engine needs into o.Out, and returns the files' names.
func Write(name string, o Options) (written []string, err error) {
	e, ok := engines[name]
	if !ok {
		return nil, fmt.Errorf("unknown engine %q; engines are %s", name, strings.Join(Engines(), ", "))
	}
	for _, f := range e.files {
		text, err := fill(f.from, o.Unit.Name)
		if err != nil {
			return nil, err
		}
		if err := put(filepath.Join(o.Out, f.name), text, f.runs); err != nil {
			return nil, err
		}
	}
	if e.course {
		if err := writeCourse(o.Unit, filepath.Join(o.Out, "tree")); err != nil {
			return nil, err
		}
		if err := o.Build(filepath.Join(o.Out, "course")); err != nil {
			return nil, err
		}
	}
	if e.pack != nil {
		if err := e.pack(o.Out); err != nil {
			return nil, err
		}
	}
	return names(o.Out)
}

// fill puts the unit and the Go release into one of our files.
func fill(from, unit string) ([]byte, error) {
	text, err := files.ReadFile("files/" + from)
	if err != nil {
		return nil, err
	}
	t, err := template.New(from).Parse(string(text))
	if err != nil {
		return nil, err
	}
	release, _, _ := strings.Cut(runtime.Version(), " ") // settings of the compiler may follow
	var b bytes.Buffer
	err = t.Execute(&b, map[string]string{"Unit": unit, "Go": release, "GoNumber": strings.TrimPrefix(release, "go")})
	return b.Bytes(), err
}

func put(path string, data []byte, runs bool) error {
	if err := sheet.WriteWhole(path, data); err != nil || !runs {
		return err
	}
	return os.Chmod(path, 0o755)
}

// names lists what was written, relative to out; the course is one entry.
func names(out string) (all []string, err error) {
	err = filepath.WalkDir(out, func(path string, d os.DirEntry, err error) error {
		rel, _ := filepath.Rel(out, path)
		switch {
		case err != nil:
			return err
		case rel == "tree":
			all = append(all, rel+"/")
			return filepath.SkipDir
		case !d.IsDir():
			all = append(all, filepath.ToSlash(rel))
		}
		return nil
	})
	return all, err
}
