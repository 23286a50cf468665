package intake

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"loopback/tools/base/tree"
)

// What a program may have.
const (
	mostFiles = 100
	mostFile  = 1 << 20
)

// exercises is the folder of a clone that holds the programs.
const exercises = "exercises"

// A Program is what a submission holds for one unit.
type Program struct {
	Files   map[string][]byte // the Go files, by name
	Left    []string          // what lies beside them and is not taken
	Refused string            // why it cannot be taken, "" when it can
}

func isUnit(name string) bool { return tree.UnitName.MatchString(name) }

// Programs returns what a submission holds for each of the units that it holds
// something for: exercises/UNIT of a clone, or a folder UNIT, or else the one folder whose
// name is nearly that. When only one unit is asked for, the program may lie at the top. Lost
// says where Go files lie that may be meant for a unit, and that are not taken; it is "" where
// there is nothing to say. An error refuses the whole.
func (s *Submission) Programs(units []string) (found map[string]*Program, lost string, err error) {
	files, done, err := s.open(units)
	if err != nil {
		return nil, "", err
	}
	defer done()
	found = map[string]*Program{}
	places := map[string]*Program{}
	var missing []string
	guessed := false
	for _, u := range units {
		dir, others := place(files, u, units)
		if dir == "" {
			missing = append(missing, u)
			continue
		}
		guessed = guessed || dir != "." && path.Base(dir) != u
		found[u] = take(files, dir)
		for _, other := range others {
			found[u].Left = append(found[u].Left, other+"/")
		}
		places[dir] = found[u]
	}
	return found, notTaken(files, places, missing, guessed), nil
}

// place returns the folder of a submission that holds the program for a unit, "" when there
// is none or it is not certain, and other folders that are named as if they were for it.
func place(files fs.FS, unit string, units []string) (dir string, others []string) {
	for _, top := range []string{exercises, "."} {
		entries, err := fs.ReadDir(files, top)
		if err != nil {
			continue
		}
		for _, e := range entries {
			name := path.Join(top, e.Name())
			switch {
			case !isDir(files, name):
			case dir == "" && e.Name() == unit:
				dir = name
			case tree.Alike(units, e.Name()) == unit && hasGo(files, name):
				others = append(others, name)
			}
		}
	}
	alone := len(units) == 1 && !isDir(files, exercises)
	switch {
	case dir != "" || len(others) > 1:
	case alone && (len(others) == 0 || hasGo(files, ".")):
		dir = "."
	case len(others) == 1:
		return others[0], nil
	}
	return dir, others
}

// Units returns those of the course's units that a submission has folders for.
func (s *Submission) Units(course []string) (own []string) {
	files, done, err := s.open(nil)
	if err != nil {
		return nil
	}
	defer done()
	for _, u := range course {
		for _, dir := range []string{path.Join(exercises, u), u} {
			if isDir(files, dir) {
				own = append(own, u)
				break
			}
		}
	}
	return own
}

func isDir(files fs.FS, name string) bool {
	fi, err := fs.Stat(files, name)
	return err == nil && fi.IsDir()
}

// take reads the program in a folder.
func take(files fs.FS, dir string) *Program {
	p := &Program{Files: map[string][]byte{}}
	entries, err := fs.ReadDir(files, dir)
	if err != nil {
		p.Refused = err.Error()
		return p
	}
	for _, e := range entries {
		name := e.Name()
		switch {
		case skipped(name):
		case e.Type()&fs.ModeSymlink != 0:
			p.Left = append(p.Left, name+" (a symbolic link)")
		case !e.Type().IsRegular() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			if !harmless(name) {
				p.Left = append(p.Left, name)
			}
		case len(p.Files) == mostFiles:
			p.Refused = fmt.Sprintf("there are more than %d Go files", mostFiles)
			return p
		default:
			data, err := readAtMost(files, path.Join(dir, name), mostFile)
			if err != nil {
				p.Refused = err.Error()
				return p
			}
			p.Files[name] = data
		}
	}
	if slices.Contains(p.Left, "main.go (a symbolic link)") {
		p.Refused = "main.go is a symbolic link: the file itself must be handed in"
	}
	return p
}

// harmless are the names of what may lie beside a program, and says nothing.
func harmless(name string) bool {
	return name == "grade_test.go" || strings.HasSuffix(name, ".md") || strings.HasSuffix(name, ".txt") ||
		strings.HasPrefix(name, "main.go.before-reset-")
}

func readAtMost(files fs.FS, name string, most int64) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("%s: the file has more than %d bytes", name, most)
	}
	return data, nil
}
