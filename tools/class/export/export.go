// Package export writes what an engine that grades needs: the files that it asks
// for, the command, and a course with one unit's scenarios and nothing that
// answers them.
package export

import (
	"bytes"
	"cmp"
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
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
)

//go:embed files
var files embed.FS

// Options say what is written where.
type Options struct {
	Unit     *scenario.Unit
	Hidden   []scenario.Hidden // scenarios of the unit that learners do not have
	Feedback result.Feedback
	Points   int // what the unit is worth to the engine; 0: the points of its scenarios
	Out      string
	Build    func(to string) error // makes the command
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
	open   string                 // who can read what it gets, "" when that is staff alone
	pack   func(out string) error // what is left to do
}

var engines = map[string]engine{
	"gradescope": {course: true, pack: zipAll, files: []file{
		{"setup.sh", "gradescope-setup.sh", true}, {"run_autograder", "gradescope-run.sh", true}}},
	"classroom50": {course: true, open: "anyone can read the bundle of an autograder there",
		files: []file{{"autograder.py", "classroom50-autograder.py", false}}},
	"autolab": {course: true, pack: tarCourse, files: []file{{"autograde-Makefile", "autolab-Makefile", false}}},
	"prairielearn": {course: true, files: []file{{"info.json", "prairielearn-info.json", false},
		{"Dockerfile", "prairielearn-Dockerfile", false}, {"entrypoint.sh", "prairielearn-entrypoint.sh", true}}},
	"ci": {open: "a workflow runs in the learner's repository", files: []file{
		{".github/workflows/grade.yml", "ci-github.yml", false}, {".gitlab-ci.yml", "ci-gitlab.yml", false}}},
}

// hiddenFile holds the hidden scenarios, for grade --hidden -.
const hiddenFile = "hidden.zip"

// Engines returns the names of the engines.
func Engines() []string { return slices.Sorted(maps.Keys(engines)) }

// Write writes what an engine needs into o.Out, and returns the files' names.
func Write(name string, o Options) (written []string, err error) {
	e, ok := engines[name]
	if !ok {
		return nil, fmt.Errorf("unknown engine %q; engines are %s", name, strings.Join(Engines(), ", "))
	}
	if len(o.Hidden) > 0 && e.open != "" {
		return nil, fmt.Errorf("%s takes no hidden scenarios: %s; hand them to course batch --hidden, over what "+
			"the engine has collected", name, e.open)
	}
	for _, f := range e.files {
		text, err := fill(f.from, o)
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
	if err := o.putHidden(); err != nil {
		return nil, err
	}
	if e.pack != nil {
		if err := e.pack(o.Out); err != nil {
			return nil, err
		}
	}
	return names(o.Out)
}

// putHidden writes the hidden scenarios, and takes away those of an earlier export.
func (o Options) putHidden() error {
	to := filepath.Join(o.Out, hiddenFile)
	if len(o.Hidden) == 0 {
		return os.RemoveAll(to)
	}
	data, err := scenario.PackHidden(o.Hidden)
	if err != nil {
		return err
	}
	return put(to, data, false)
}

// fill puts into one of our files what it asks for: the unit, the Go release, and how a
// result is made into a form.
func fill(from string, o Options) ([]byte, error) {
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
	err = t.Execute(&b, map[string]any{"Unit": o.Unit.Name, "Go": release,
		"GoNumber": strings.TrimPrefix(release, "go"),
		"Feedback": cmp.Or(o.Feedback, result.FeedbackFull),
		"Points":   o.Points, "Hidden": len(o.Hidden) > 0})
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
