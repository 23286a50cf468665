package sheet

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"loopback/tools/engine/result"
)

// ResultFile is where the canonical result of a learner's unit is.
func ResultFile(out, id, unit string) string { return filepath.Join(out, id, unit+".json") }

// pageFile is where a learner's page is, relative to the folder.
func pageFile(id string) string { return filepath.Join(id, "report.html") }

// WriteWhole writes a file so that a reader finds all of it, or what was there.
func WriteWhole(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // it has its name by then, unless something failed
	if _, err := f.Write(data); err != nil {
		f.Close()
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// read returns the result in a file, nil when there is none that can be read.
func read(file string) *result.Result {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	r, err := Parse(data)
	if err != nil {
		return nil
	}
	return r
}

// Parse reads a canonical result.
func Parse(data []byte) (*result.Result, error) {
	var r result.Result
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, err
	}
	if r.Schema != result.Schema {
		return nil, &result.UnknownSchema{Schema: r.Schema}
	}
	return &r, nil
}

// Marks are the marks of an earlier batch: by learner, then by unit.
type Marks map[string]map[string]string

// Earlier reads the marks in the folder of a batch. There may be none.
func Earlier(out string) Marks {
	marks := Marks{}
	files, _ := filepath.Glob(filepath.Join(escape(out), "*", "*.json"))
	for _, f := range files {
		id, unit := filepath.Base(filepath.Dir(f)), strings.TrimSuffix(filepath.Base(f), ".json")
		if r := read(f); r != nil {
			if marks[id] == nil {
				marks[id] = map[string]string{}
			}
			marks[id][unit] = mark(r)
		}
	}
	return marks
}

// escape makes a path one that a pattern matches.
func escape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
