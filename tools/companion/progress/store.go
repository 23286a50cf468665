package progress

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
	"time"
)

// Folder is where everything is kept, below the course's root.
const Folder = ".course"

// A Store is the folder of one clone. Its methods may be called from several
// goroutines; what another process writes meanwhile is seen, too.
type Store struct {
	root string

	mu    sync.Mutex
	notes []string
	told  map[string]bool
	only  *Learner // here alone, because it could not be written
}

// Open returns the store of the course at root. Nothing is written until there
// is something to keep.
func Open(root string) *Store { return &Store{root: root, told: map[string]bool{}} }

// Notes returns what the learner should know of the store and has not been
// told: a line each.
func (s *Store) Notes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	notes := s.notes
	s.notes = nil
	return notes
}

// note notes a line about something, once. The caller holds mu.
func (s *Store) note(about, format string, args ...any) {
	if !s.told[about] {
		s.told[about] = true
		s.notes = append(s.notes, fmt.Sprintf(format, args...))
	}
}

func (s *Store) path(name ...string) string {
	return filepath.Join(append([]string{s.root, Folder}, name...)...)
}

// shown is a path as the learner sees it.
func (s *Store) shown(path string) string {
	if rel, err := filepath.Rel(s.root, path); err == nil {
		return filepath.ToSlash(rel)
	}
	return path
}

// Result returns what is kept of a unit, when it was kept under key.
func (s *Store) Result(unit, key string) (Record, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var r Record
	path := s.path("results", unit+".json")
	found, err := readJSON(path, &r)
	if err == nil && found && (r.Unit != unit || r.State == "" && r.Key != "") {
		err = errors.New("it is not the result of " + unit)
	}
	if err != nil {
		s.unreadable(path, err, "the exercise is graded again")
		return Record{}, false
	}
	return r, found && r.Key == key
}

// unreadable sets a file aside and says what follows. The caller holds mu.
func (s *Store) unreadable(path string, err error, follows string) {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		s.cannotKeep(err)
		return
	}
	to, moved := setAside(path)
	if moved != nil {
		s.cannotKeep(moved)
		return
	}
	s.note(path, "%s cannot be understood (%v): it is now %s; %s", s.shown(path), err, s.shown(to), follows)
}

// Keep keeps a result. That it cannot be kept costs a grade the next time, and
// is told once.
func (s *Store) Keep(r Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := writeJSON(s.path("results", r.Unit+".json"), r, false); err != nil {
		s.cannotKeep(err)
	}
}

func (s *Store) cannotKeep(err error) {
	s.note(Folder, "progress cannot be kept in %s (%v): each call grades again what it needs, and hints begin "+
		"at the first", Folder, err)
}

// A Learner is what cannot be found out again by grading.
type Learner struct {
	Place  string               `json:"place"`  // the unit that the learner works on, or ""
	Passed map[string]time.Time `json:"passed"` // when each unit passed for the first time
	Hints  map[string]Given     `json:"hints"`  // for each unit, and for each challenge, as UNIT/CHALLENGE

	// when each passed for the first time, as UNIT/CHALLENGE
	Challenges map[string]time.Time `json:"challenges,omitempty"`
	Mending    Mending              `json:"mending,omitzero"`
}

// Given says how far the hints for one failure were read.
type Given struct {
	Failure
	Cause   string `json:"cause,omitempty"`
	Program string `json:"program,omitempty"` // the key of the program that failed
	Shown   int    `json:"shown"`
}

// Learner returns what is kept of the learner.
func (s *Store) Learner() Learner {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.learner()
}

func (s *Store) learner() Learner {
	if s.only != nil {
		return *s.only
	}
	path := s.path("learner.json")
	var l Learner
	if _, err := readJSON(path, &l); err != nil {
		l = Learner{}
		found, err2 := readJSON(path+".bak", &l)
		follows := "hints begin at the first, and solutions open when their exercise passes again"
		if found && err2 == nil {
			follows = "what it held before the last change is used"
		} else {
			l = Learner{}
		}
		s.unreadable(path, err, follows)
		if found && err2 == nil {
			copyOver(path+".bak", path) // if not, the next change writes it
		}
	}
	if l.Passed == nil {
		l.Passed = map[string]time.Time{}
	}
	if l.Hints == nil {
		l.Hints = map[string]Given{}
	}
	if l.Challenges == nil {
		l.Challenges = map[string]time.Time{}
	}
	return l
}

// Update changes what is kept of the learner.
func (s *Store) Update(change func(*Learner)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.learner()
	before := fmt.Sprint(l)
	change(&l)
	if fmt.Sprint(l) == before {
		return
	}
	if err := writeJSON(s.path("learner.json"), l, true); err != nil {
		s.cannotKeep(err)
		s.only = &l
	}
}
