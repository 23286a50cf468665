package batch

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"loopback/tools/base/disk"
	"loopback/tools/class/sheet"
	"loopback/tools/engine/result"
)

// A store is the folder that a batch writes: a folder for each learner, with
// a result for each unit, and .batch, which is the batch's own.
type store struct {
	out    string
	seed   int
	course map[string]string // a hash of all that each unit is graded by

	scenarios map[string]map[string][]byte // the files of each unit's scenarios, by their path in the course
	unlock    func()
}

const own = ".batch"

// openStore makes the folder ready, or refuses one that holds something else.
func openStore(out string, seed int) (*store, error) {
	out, err := filepath.Abs(out)
	if err != nil {
		return nil, err
	}
	s := &store{out: out, seed: seed, course: map[string]string{},
		scenarios: map[string]map[string][]byte{}, unlock: func() {}}
	entries, err := os.ReadDir(out)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	if _, err := os.Stat(s.own()); err != nil && len(entries) > 0 {
		return nil, fmt.Errorf("%s is not empty, and no batch has written it; give a folder of its own", out)
	}
	if err := s.lock(); err != nil {
		return nil, err
	}
	s.tidy() // what a batch that was killed has left
	err = os.MkdirAll(s.own("work"), 0o700)
	if err == nil {
		err = s.chooseSeed()
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// lock makes sure that no other batch writes to the folder: it would tidy away
// what this one works on.
func (s *store) lock() error {
	if err := os.MkdirAll(s.own(), 0o700); err != nil {
		return err
	}
	unlock, err := disk.Lock(s.own("lock"))
	if errors.Is(err, disk.ErrLocked) {
		return fmt.Errorf("another batch is writing to %s: wait for its end, or give another folder", s.out)
	}
	if err == nil {
		s.unlock = unlock
	}
	return err
}

// own returns a path in the batch's own folder.
func (s *store) own(path ...string) string {
	return filepath.Join(append([]string{s.out, own}, path...)...)
}

// close lets others write to the folder.
func (s *store) close() {
	s.tidy()
	s.unlock()
}

// tidy removes what is needed only while programs are graded.
func (s *store) tidy() {
	disk.RemoveAll(s.own("work"))
	os.RemoveAll(s.own("course"))
}

// chooseSeed gives all submissions one seed: the same questions for all, also
// for those that are graded later.
func (s *store) chooseSeed() error {
	file := s.own("seed")
	if data, err := os.ReadFile(file); s.seed == 0 && err == nil {
		s.seed, _ = strconv.Atoi(strings.TrimSpace(string(data)))
	}
	if s.seed == 0 {
		s.seed = 2 + rand.IntN(999_998)
	}
	return sheet.WriteWhole(file, fmt.Appendln(nil, s.seed))
}

// isKept reports whether there is a result that came from the same key.
func (s *store) isKept(id, unit, key string) bool {
	data, err := os.ReadFile(s.own("keys", id, unit))
	if err != nil || string(data) != key {
		return false
	}
	_, err = os.Stat(sheet.ResultFile(s.out, id, unit))
	return err == nil
}

// keep writes a result, and then the key that says that it is whole. A result
// without a key is graded again.
func (s *store) keep(id, unit, key string, r *result.Result) error {
	data, err := r.JSON()
	if err != nil {
		return err
	}
	if err := os.RemoveAll(s.own("keys", id, unit)); err != nil {
		return err
	}
	if err := sheet.WriteWhole(sheet.ResultFile(s.out, id, unit), data); err != nil || key == "" {
		return err
	}
	return sheet.WriteWhole(s.own("keys", id, unit), []byte(key))
}

// forget removes the result of what is not handed in any more.
func (s *store) forget(id, unit string) error {
	return os.RemoveAll(sheet.ResultFile(s.out, id, unit))
}

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
