package laws

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"loopback/tools/base/catalogue"
	"loopback/tools/base/problem"
	"loopback/tools/base/tree"
)

// minimum numbers of programs that show a unit's graders to be right.
const (
	minWrong = 8
	minRight = 3
)

var (
	programName  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	scenarioName = regexp.MustCompile(`^[0-9]{2}-[a-z0-9]+(-[a-z0-9]+)*\.txtar$`)
)

// door is the text of grade_test.go, the same in every folder.
const door = `package main

import (
	"testing"

	"loopback/tools/grade"
)

func TestMain(m *testing.M) { grade.Main(m, main) }

func TestExercise(t *testing.T) { grade.Run(t) }
`

// Structure checks names and files: the same name in the four trees, nothing
// unexpected, the door to the grader identical everywhere.
func Structure(root, unit string) []problem.Problem {
	var ps []problem.Problem
	if !tree.UnitName.MatchString(unit) {
		ps = append(ps, problem.In(filepath.Join("testdata", unit),
			"a unit is named NN-slug: two digits, a hyphen, lower-case words"))
	}
	if !exists(root, "chapters", unit+".md") {
		ps = append(ps, problem.In(filepath.Join("chapters", unit+".md"), "the unit has no chapter"))
	}
	ps = append(ps, only(root, unit, filepath.Join("exercises", unit), "main.go", "grade_test.go")...)
	ps = append(ps, doors(root, unit)...)
	ps = append(ps, scenarioFiles(root, unit)...)
	ps = append(ps, challenges(root, unit)...)
	for _, kind := range []catalogue.Kind{catalogue.Wrong, catalogue.Right} {
		ps = append(ps, programs(root, unit, kind)...)
	}
	return ps
}

// given reports whether file is one that the course gives beside main.go, such
// as the part of a program that differs between systems: the same, to the
// letter, as in the unit's solution. An exercise holds such files, so that the
// go command finds them; other programs get them when they are built.
func given(root, unit, file string) bool {
	theirs, err := os.ReadFile(filepath.Join(root, file))
	ours, err2 := os.ReadFile(filepath.Join(root, "solutions", unit, filepath.Base(file)))
	return err == nil && err2 == nil && strings.HasSuffix(file, ".go") && bytes.Equal(theirs, ours)
}

// part reports whether file is a program's own version of a given file.
func part(root, unit, file string) bool {
	return strings.HasSuffix(file, ".go") && exists(root, "solutions", unit, filepath.Base(file))
}

// isReport reports whether a file is another right report than report.txt.
func isReport(name string) bool {
	return strings.HasPrefix(name, "report-") && strings.HasSuffix(name, ".txt")
}

// exists reports whether a file, or a folder, is there.
func exists(root string, path ...string) bool {
	_, err := os.Stat(filepath.Join(append([]string{root}, path...)...))
	return err == nil
}

// only reports files that must not be there, and files that must and are not.
func only(root, unit, dir string, files ...string) []problem.Problem {
	entries, err := os.ReadDir(filepath.Join(root, dir))
	if err != nil {
		return []problem.Problem{problem.In(dir, "the folder is missing")}
	}
	var ps []problem.Problem
	for _, f := range files {
		switch {
		case exists(root, dir, f):
		case f == "report.txt":
			ps = append(ps, problem.In(filepath.Join(dir, f), "the file is missing; record it with: %s",
				recordOf(unit)))
		default:
			ps = append(ps, problem.In(filepath.Join(dir, f), "the file is missing"))
		}
	}
	for _, e := range entries {
		file, exercise := filepath.Join(dir, e.Name()), filepath.Dir(dir) == "exercises"
		switch {
		case slices.Contains(files, e.Name()), slices.Contains(files, "report.txt") && isReport(e.Name()),
			kept(dir, e.Name()), exercise && given(root, unit, file):
		case exercise:
			ps = append(ps, problem.In(file,
				"unexpected: this folder holds %s, files that are the same in the solution, and "+
					"nothing else", strings.Join(files, ", ")))
		case given(root, unit, file):
			ps = append(ps, problem.In(file, "a copy: the unit gives this file when the program is built; remove it"))
		case !part(root, unit, file):
			ps = append(ps, problem.In(file,
				"unexpected: this folder holds %s, its own versions of files that the unit gives, "+
					"and nothing else", strings.Join(files, ", ")))
		}
	}
	return ps
}

func doors(root, unit string) []problem.Problem {
	var ps []problem.Problem
	for _, tree := range []string{"exercises", "solutions"} {
		file := filepath.Join(tree, unit, "grade_test.go")
		data, err := os.ReadFile(filepath.Join(root, file))
		if err != nil || string(data) != door {
			ps = append(ps, problem.In(file, "must be the same, to the letter, in every unit"))
		}
	}
	return ps
}

func scenarioFiles(root, unit string) []problem.Problem {
	entries, err := os.ReadDir(filepath.Join(root, "testdata", unit))
	if err != nil {
		return []problem.Problem{problem.In(filepath.Join("testdata", unit), "%v", err)}
	}
	var ps []problem.Problem
	for _, e := range entries {
		name := e.Name()
		file := filepath.Join("testdata", unit, name)
		switch {
		case e.IsDir() && (name == "wrong" || name == "right"):
		case e.IsDir() && name == "example":
			for _, example := range catalogue.Folders(root, file) {
				ps = append(ps, only(root, unit, filepath.Join(file, example), "main.go")...)
				ps = append(ps, alone(root, file, example)...)
			}
		case e.IsDir() && name == "stub":
			ps = append(ps, only(root, unit, filepath.Join("testdata", unit, name), "main.go")...)
		case !e.IsDir() && scenarioName.MatchString(name):
			ps = append(ps, scenarioForm(root, file)...)
		default:
			ps = append(ps, problem.In(file,
				"unexpected: a unit holds scenarios (NN-behaviour.txtar), stub, example, wrong and right"))
		}
	}
	return ps
}

// alone checks that no other unit has an example of this name: chapters call a
// program by its name alone, and a learner may try them all in one folder.
func alone(root, dir, name string) []problem.Problem {
	others, _ := filepath.Glob(filepath.Join(root, "testdata", "*", "example", name))
	for _, other := range others {
		if other, err := filepath.Rel(root, filepath.Dir(other)); err == nil && other != dir {
			return []problem.Problem{problem.In(filepath.Join(dir, name), "%s has an example of this name, too: "+
				"each name stands for one program in the whole course", filepath.ToSlash(other))}
		}
	}
	return nil
}

// maxScript is how many lines the script of a scenario has at the most, with
// its head. Under each heading there are so many steps of help.
const (
	maxScript = 40
	minHints  = 2
	maxHints  = 3
)

// hintHeading matches the heading of a hint; its group is " CODE when FACT", a
// part of that, or nothing.
var hintHeading = regexp.MustCompile(`(?m)^-- hint( .+)? --$`)

func scenarioForm(root, file string) []problem.Problem {
	data, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		return []problem.Problem{problem.In(file, "%v", err)}
	}
	text, alias := string(data), strings.HasPrefix(string(data), "# as ")
	script, _, _ := strings.Cut(text, "\n-- ")
	if n := len(strings.Split(strings.TrimRight(script, "\n"), "\n")); n > maxScript {
		return []problem.Problem{{File: file, Line: n,
			Text: "a scenario is one behaviour; this script is too long for that"}}
	}
	steps := map[string]int{}
	if !alias {
		steps[""] = 0 // hints for every code are always owed
	}
	for _, m := range hintHeading.FindAllStringSubmatch(text, -1) {
		steps[m[1]]++
	}
	for _, code := range slices.Sorted(maps.Keys(steps)) {
		if n := steps[code]; n > maxHints {
			return []problem.Problem{{File: file, Line: strings.Count(text, "\n"),
				Text: fmt.Sprintf("help comes in %d or %d steps: there are %d sections -- hint%s --", minHints,
					maxHints, n, code)}}
		}
		if steps[code] < minHints {
			return []problem.Problem{{File: file, Line: strings.Count(text, "\n"),
				Text: fmt.Sprintf("help comes in steps: at least two sections -- hint%s --, the first of which gives "+
					"nothing away", code)}}
		}
	}
	return nil
}

func programs(root, unit string, kind catalogue.Kind) []problem.Problem {
	dir := filepath.Join("testdata", unit, string(kind))
	names := catalogue.Folders(root, dir)
	least := map[catalogue.Kind]int{catalogue.Wrong: minWrong, catalogue.Right: minRight}[kind]
	if strings.HasPrefix(unit, "00-") {
		least = 2 // there is nothing to write in it, and so little to get wrong
	}
	var ps []problem.Problem
	if len(names) < least {
		ps = append(ps, problem.In(dir, "has %d programs; a unit needs at least %d, to show that its graders are right",
			len(names), least))
	}
	for _, name := range names {
		folder := filepath.Join(dir, name)
		if !programName.MatchString(name) {
			ps = append(ps, problem.In(folder, "is named in lower-case words with hyphens"))
		}
		files := []string{"main.go"}
		if kind == catalogue.Wrong {
			files = append(files, "report.txt")
		}
		ps = append(ps, only(root, unit, folder, files...)...)
	}
	return ps
}
