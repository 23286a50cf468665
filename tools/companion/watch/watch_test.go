package watch

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// bound is how long a change may take to be told; no measure of speed.
const bound = 20 * time.Second

func goFile(name string) bool { return strings.HasSuffix(name, ".go") }

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// told waits until want is told. A folder may be told more than once for one
// edit: when the machine pauses between the two steps of one.
func told(t *testing.T, changes <-chan []string, want string) {
	t.Helper()
	for late := time.After(bound); ; {
		select {
		case got := <-changes:
			if slices.Contains(got, want) {
				return
			}
		case <-late:
			t.Fatal("nothing was told")
		}
	}
}

// edits are the ways in which editors save. Each leaves the text in dir/main.go.
var edits = map[string]func(t *testing.T, dir, text string){
	"in place": func(t *testing.T, dir, text string) { put(t, filepath.Join(dir, "main.go"), text) },
	"by rename": func(t *testing.T, dir, text string) {
		put(t, filepath.Join(dir, "main.go~new"), text)
		if err := os.Rename(filepath.Join(dir, "main.go~new"), filepath.Join(dir, "main.go")); err != nil {
			t.Fatal(err)
		}
	},
	"old one away first": func(t *testing.T, dir, text string) {
		os.Rename(filepath.Join(dir, "main.go"), filepath.Join(dir, "main.go~"))
		put(t, filepath.Join(dir, "main.go"), text)
	},
	"the folder anew": func(t *testing.T, dir, text string) {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, "main.go"), text)
	},
	"the same size, the same time": func(t *testing.T, dir, text string) {
		info, err := os.Stat(filepath.Join(dir, "main.go"))
		put(t, filepath.Join(dir, "main.go"), text)
		if err == nil {
			os.Chtimes(filepath.Join(dir, "main.go"), info.ModTime(), info.ModTime())
		}
	},
}

// Every way to save is told, by events or without.
func TestSaves(t *testing.T) {
	for name, edit := range edits {
		for _, how := range []struct {
			name string
			o    Options
		}{
			{"events", Options{Match: goFile}},
			{"looks", Options{Match: goFile, NoEvents: true, Look: 30 * time.Millisecond}},
		} {
			t.Run(name+", "+how.name, func(t *testing.T) {
				t.Parallel()
				root := t.TempDir()
				one, two := filepath.Join(root, "one"), filepath.Join(root, "two")
				os.Mkdir(one, 0o755)
				os.Mkdir(two, 0o755)
				put(t, filepath.Join(one, "main.go"), "a")
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				changes := Follow(ctx, []string{one, two}, how.o)
				for _, text := range []string{"b", "c", "d"} {
					edit(t, one, text)
					told(t, changes, one)
				}
				edit(t, two, "a")
				told(t, changes, two)
				edit(t, one, "both")
				edit(t, two, "both")
				told(t, changes, two) // with the other, or after it
				stop()
				for range changes { // it is closed, or this never ends
				}
			})
		}
	}
}

// What does not matter, and what was written again with the same content, is
// not told.
func TestNotTold(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "main.go"), "a")
	changes := Follow(t.Context(), []string{dir}, Options{Match: goFile, Look: 10 * time.Millisecond})
	put(t, filepath.Join(dir, "notes.txt"), "a")
	edits["by rename"](t, dir, "a") // a file that is empty for a moment may be told
	select {
	case <-changes:
		t.Error("told, and nothing has changed")
	case <-time.After(200 * time.Millisecond): // twenty looks
	}
	put(t, filepath.Join(dir, "main.go"), "b")
	told(t, changes, dir)
}

// Many changes while nobody receives are one.
func TestTogether(t *testing.T) {
	dir := t.TempDir()
	f := follower{folders: []string{dir}, seen: map[string][32]byte{},
		changed: map[string]bool{}, out: make(chan []string)}
	f.look()
	clear(f.changed)
	for _, text := range []string{"a", "b", "c"} {
		put(t, filepath.Join(dir, "main.go"), text)
		if !f.differs() {
			t.Errorf("%q was not noticed", text)
		}
		f.look()
	}
	if changed, out := f.next(); out == nil || !slices.Equal(changed, []string{dir}) {
		t.Errorf("to be told: %v; want the folder once", changed)
	}
	clear(f.changed) // as when it has been told
	if f.look(); f.differs() {
		t.Error("still different after the look")
	}
	if changed, out := f.next(); out != nil {
		t.Errorf("to be told again: %v", changed)
	}
}
