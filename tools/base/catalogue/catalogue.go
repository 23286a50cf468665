// Package catalogue knows which programs the course holds besides the learner's,
// where they lie, and what each is in the course for.
package catalogue

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"loopback/tools/base/nearest"
	"loopback/tools/base/problem"
	"loopback/tools/base/record"
	"loopback/tools/base/tree"
)

// Kind says what a program is in the course for.
type Kind string

// The kinds of programs.
const (
	Solution Kind = "solution"
	Right    Kind = "right"
	Wrong    Kind = "wrong"
	Hostile  Kind = "hostile"
)

// A Subject is one program whose verdict is known.
type Subject struct {
	Unit     string
	Kind     Kind
	Name     string
	Folder   string        // relative to the root
	Scenario string        // for Wrong and Hostile: the first scenario that it fails
	Code     record.Code   // of that failure, with the seed of what is recorded
	Also     []record.Code // of the same failure, with other seeds
	Race     bool          // must be built with the race detector
	Two      bool          // goes wrong only where two goroutines run at the same time
	NotBuilt bool          // must not compile
}

// caught is the line of a program's doc comment that says its verdict.
var caught = regexp.MustCompile(
	`^// Caught by: (?:(the compiler)|([0-9a-z-]+) \(([a-z-]+)((?:, or [a-z-]+)*)\))` +
		`(, built with -race)?(, on two processors)?(?:, as ([0-9a-z-]+))?\.$`)

// Subjects returns every program of the course whose verdict is known: of one
// unit, or of all, and then the hostile ones, too, when unit is "".
func Subjects(root, unit string) ([]Subject, []problem.Problem) {
	units := []string{unit}
	if unit == "" {
		var err error
		if units, err = tree.Units(root); err != nil {
			return nil, []problem.Problem{problem.In("testdata", "%v", err)}
		}
	}
	var subjects []Subject
	var problems []problem.Problem
	for _, u := range units {
		if dir := filepath.Join("solutions", u); isThere(filepath.Join(root, dir)) {
			subjects = append(subjects, Subject{Unit: u, Kind: Solution, Name: u, Folder: dir})
		}
		for _, name := range Folders(root, "testdata", u, "right") {
			subjects = append(subjects,
				Subject{Unit: u, Kind: Right, Name: name, Folder: filepath.Join("testdata", u, "right", name)})
		}
		for _, name := range Folders(root, "testdata", u, "wrong") {
			s, err := expected(root,
				Subject{Unit: u, Kind: Wrong, Name: name, Folder: filepath.Join("testdata", u, "wrong", name)})
			subjects, problems = collect(subjects, problems, s, err)
		}
	}
	if unit == "" {
		for _, name := range Folders(root, "testdata", "hostile") {
			s, err := expected(root,
				Subject{Kind: Hostile, Name: name, Folder: filepath.Join("testdata", "hostile", name)})
			subjects, problems = collect(subjects, problems, s, err)
		}
	}
	return subjects, problems
}

func collect(subjects []Subject, problems []problem.Problem, s Subject,
	p *problem.Problem) ([]Subject, []problem.Problem) {
	if p != nil {
		return subjects, append(problems, *p)
	}
	return append(subjects, s), problems
}

// expected reads what a program's doc comment says of its verdict.
func expected(root string, s Subject) (Subject, *problem.Problem) {
	file := filepath.Join(s.Folder, "main.go")
	f, err := os.Open(filepath.Join(root, file))
	if err != nil {
		return s, &problem.Problem{File: file, Text: err.Error()}
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	// A build constraint stands before the doc comment, with an empty line between.
	for line := 1; lines.Scan() && (lines.Text() == "" || strings.HasPrefix(lines.Text(), "//")); line++ {
		m := caught.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		s.NotBuilt, s.Scenario, s.Code, s.Race = m[1] != "", m[2], record.Code(m[3]), m[5] != ""
		s.Two = m[6] != ""
		for also := range strings.SplitSeq(m[4], ", or ") {
			if also != "" {
				s.Also = append(s.Also, record.Code(also))
			}
		}
		if m[7] != "" {
			s.Unit = m[7]
		}
		if bad := s.unknown(); bad != "" && !s.NotBuilt {
			p := problem.At(file, line, "no verdict has the code %q%s", bad, meant(bad))
			return s, &p
		}
		if s.Unit == "" {
			break
		}
		return s, nil
	}
	return s, &problem.Problem{File: file, Line: 1, Text: "the doc comment needs a line such as \"// Caught by: " +
		"03-byte-by-byte (early-eof).\" with the first scenario that the program fails and its code"}
}

// unknown returns the first code of s that no verdict has, or "".
func (s Subject) unknown() string {
	for _, code := range append([]record.Code{s.Code}, s.Also...) {
		if !slices.Contains(record.Codes(), code) {
			return string(code)
		}
	}
	return ""
}

// meant suggests the code that is written almost as this one.
func meant(code string) string {
	var codes []string
	for _, c := range record.Codes() {
		codes = append(codes, string(c))
	}
	if best := nearest.Name(code, codes); best != "" {
		return fmt.Sprintf(" (did you mean %s?)", best)
	}
	return ""
}

// May reports whether a failure with code is the one that s is known for.
func (s Subject) May(code record.Code) bool {
	return code == s.Code || slices.Contains(s.Also, code)
}

// ChallengeFolder is where the right variant lies that passes a challenge of a
// unit, relative to the root.
func ChallengeFolder(unit, id string) string {
	return filepath.Join("testdata", unit, "right", id[len("NN-"):])
}

// PristineStub is the copy of a unit's stub from which an exercise can be begun
// again: the learner's own main.go is edited, and committed, and not everybody
// has the history that it came with.
func PristineStub(root, unit string) string {
	return filepath.Join(root, "testdata", unit, "stub", "main.go")
}

// KeptPrefix begins the name under which `course reset` keeps a learner's
// program beside the stub. Go does not build such a file, and Git ignores it.
const KeptPrefix = "main.go.before-reset-"

// Folders returns the names of the folders in a folder, in order.
func Folders(root string, path ...string) []string {
	entries, err := os.ReadDir(filepath.Join(append([]string{root}, path...)...))
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
