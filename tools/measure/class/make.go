package main

import (
	"archive/zip"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"loopback/tools/base/catalogue"
)

// A learner has handed in one program of the course, whose verdict is known.
type learner struct {
	id      string
	program catalogue.Subject
}

// A class is what was handed in, and the roster, in which some more learners stand.
type class struct {
	dir, roster string
	learners    []learner
}

// absentees is how many learners of the roster hand nothing in.
const absentees = 3

// The programs that each ten learners hand in, by their kind.
var tenth = []catalogue.Kind{catalogue.Right, catalogue.Wrong, catalogue.Right, catalogue.Wrong, catalogue.Hostile,
	catalogue.Right, catalogue.Wrong, catalogue.Wrong, catalogue.Right, catalogue.Wrong}

// makeClass writes n submissions for these units, and a roster beside them.
func makeClass(root, dir string, units []string, n int) (*class, error) {
	shelves, err := programs(root, units)
	if err != nil {
		return nil, err
	}
	c := &class{dir: dir, roster: dir + ".csv"}
	roster := "id,name\n"
	taken := map[string]int{}
	for i := range n + absentees {
		l := learner{id: fmt.Sprintf("learner-%03d", i)}
		roster += fmt.Sprintf("%s,Learner %d\n", l.id, i)
		if i >= n {
			continue
		}
		kind := tenth[i%len(tenth)]
		shelf := shelves[string(kind)+units[(i+i/len(tenth))%len(units)]]
		if kind == catalogue.Hostile || len(shelf) == 0 { // of those there are some for one unit alone
			shelf = shelves[string(kind)]
		}
		if len(shelf) == 0 {
			return nil, fmt.Errorf("there is no %s program for %s", kind, strings.Join(units, ", "))
		}
		name := string(kind) + shelf[0].Unit
		l.program = shelf[taken[name]%len(shelf)]
		taken[name]++
		c.learners = append(c.learners, l)
		if err := handIn(root, dir, l, i); err != nil {
			return nil, err
		}
	}
	return c, os.WriteFile(c.roster, []byte(roster), 0o644)
}

// programs returns those of the course for these units, by kind, and by kind and unit.
// A solution is a right program; what needs the race detector is none of them.
func programs(root string, units []string) (map[string][]catalogue.Subject, error) {
	all, problems := catalogue.Subjects(root, "")
	if len(problems) > 0 {
		return nil, fmt.Errorf("%v", problems[0])
	}
	shelves := map[string][]catalogue.Subject{}
	for _, s := range all {
		if !slices.Contains(units, s.Unit) || s.Race {
			continue
		}
		kind := string(s.Kind)
		if s.Kind == catalogue.Solution {
			kind = string(catalogue.Right)
		}
		shelves[kind] = append(shelves[kind], s)
		shelves[kind+s.Unit] = append(shelves[kind+s.Unit], s)
	}
	return shelves, nil
}

// handIn writes a submission in one of four forms. Each has words of its own, so that no
// two are the same files.
func handIn(root, dir string, l learner, i int) error {
	from := filepath.Join(root, l.program.Folder)
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	files := map[string][]byte{}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".go") && !strings.HasSuffix(e.Name(), "_test.go") {
			data, err := os.ReadFile(filepath.Join(from, e.Name()))
			if err != nil {
				return err
			}
			files[e.Name()] = fmt.Appendf(data, "\n// Handed in by %s.\n", l.id)
		}
	}
	place := []string{l.program.Unit, path.Join("exercises", l.program.Unit)}[i%2]
	if i%4 >= 2 {
		return pack(filepath.Join(dir, l.id+".zip"), path.Join("my work", place), files)
	}
	folder := filepath.Join(dir, l.id, filepath.FromSlash(place))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func pack(file, place string, files map[string][]byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	archive := zip.NewWriter(f)
	for name, data := range files {
		w, err := archive.Create(path.Join(place, name))
		if err == nil {
			_, err = w.Write(data)
		}
		if err != nil {
			return err
		}
	}
	return archive.Close()
}

// String says what the class has handed in.
func (c *class) String() string {
	kinds, units := map[string]int{}, map[string]int{}
	for _, l := range c.learners {
		kind := string(l.program.Kind)
		if l.program.Kind == catalogue.Solution {
			kind = string(catalogue.Right)
		}
		kinds[kind]++
		units[l.program.Unit]++
	}
	text := fmt.Sprintf("%d submissions: %d right, %d wrong, %d hostile;", len(c.learners), kinds["right"],
		kinds["wrong"], kinds["hostile"])
	for _, u := range sortedKeys(units) {
		text += fmt.Sprintf(" %d for %s,", units[u], u)
	}
	return strings.TrimSuffix(text, ",")
}
