package intake

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"loopback/tools/base/trial"
)

const unit = "02-echo-once"

// An entry of an archive that is made for a test.
type entry struct {
	name, text string
	mode       fs.FileMode
}

func zipped(t *testing.T, file string, entries ...entry) {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		if e.mode != 0 {
			h.SetMode(e.mode)
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		f.Write([]byte(e.text))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	trial.Write(t, file, b.String())
}

// An archive that could harm is refused, in words that name what is wrong.
func TestBadArchives(t *testing.T) {
	many := make([]entry, mostFiles+1)
	for i := range many {
		many[i] = entry{name: strings.Repeat("a", i+1) + ".go"}
	}
	for want, entries := range map[string][]entry{
		`leads out of it: "../main.go"`:          {{name: "../main.go"}},
		`leads out of it: "a/../../m.go"`:        {{name: "a/../../m.go"}},
		`absolute name: "/main.go"`:              {{name: "/main.go"}},
		`absolute name: "C:/main.go"`:            {{name: "C:/main.go"}},
		`backslash: "..\\main.go"`:               {{name: `..\main.go`}},
		`symbolic link: "main.go"`:               {{name: "main.go", text: "/etc/passwd", mode: fs.ModeSymlink | 0o777}},
		`neither a file nor a folder: "main.go"`: {{name: "main.go", mode: fs.ModeNamedPipe | 0o644}},
		`of one name: "main.go"`:                 {{name: "main.go", text: "1"}, {name: "main.go", text: "2"}},
		"more than 100 Go files":                 many,
		"main.go: the file has more than":        {{name: "main.go", text: strings.Repeat(" ", mostFile+1)}},
	} {
		file := filepath.Join(t.TempDir(), "ada.zip")
		zipped(t, file, entries...)
		if why := refusal(t, file); !strings.Contains(why, want) {
			t.Errorf("refused: %q; want %q", why, want)
		}
	}
	file := filepath.Join(t.TempDir(), "ada.zip")
	trial.Write(t, file, "no archive")
	if why := refusal(t, file); !strings.Contains(why, "not a zip archive") {
		t.Errorf("refused: %q", why)
	}
}

// refusal returns why the submission in a file is refused.
func refusal(t *testing.T, file string) string {
	t.Helper()
	all, err := List(filepath.Dir(file))
	if err != nil {
		t.Fatal(err)
	}
	programs, _, err := all[0].Programs([]string{unit})
	if err != nil {
		return err.Error()
	}
	return programs[unit].Refused
}

// However it is packed, the program is found, and nothing else is taken.
func TestPlaces(t *testing.T) {
	dir := t.TempDir()
	const text = "package main\n"
	for _, file := range []string{"top/main.go", "named/" + unit + "/main.go", "clone/exercises/" + unit + "/main.go",
		"wrapped/hello/main.go"} {
		trial.Write(t, filepath.Join(dir, file), text)
	}
	trial.Write(t, filepath.Join(dir, "top/evil_test.go"), text)
	trial.Write(t, filepath.Join(dir, "top/go.mod"), "module x\n")
	trial.Write(t, filepath.Join(dir, "top/README.md"), "read me\n")
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "top/passwd.go")); err != nil {
		t.Fatal(err)
	}
	zipped(t, filepath.Join(dir, "packed.zip"), entry{name: "packed/main.go", text: text},
		entry{name: "__MACOSX/._main.go"})
	zipped(t, filepath.Join(dir, "moodle/one.zip"), entry{name: "main.go", text: text})
	all, err := List(dir)
	if err != nil || len(all) != 6 {
		t.Fatalf("%d submissions, %v", len(all), err)
	}
	for _, s := range all {
		programs, _, err := s.Programs([]string{unit})
		if err != nil || programs[unit] == nil {
			t.Errorf("%s: %v, %v", s.Name, programs, err)
			continue
		}
		if p := programs[unit]; len(p.Files) != 1 || string(p.Files["main.go"]) != text {
			t.Errorf("%s: took %v", s.Name, p)
		}
		want := []string(nil)
		if s.Name == "top" {
			want = []string{"evil_test.go", "go.mod", "passwd.go (a symbolic link)"}
		}
		if !slices.Equal(programs[unit].Left, want) {
			t.Errorf("%s: left %q, want %q", s.Name, programs[unit].Left, want)
		}
	}
}

// With several units a folder whose name is nearly a unit's is that unit's, and where it
// cannot be known whose files are it is said where they lie.
func TestNearMisses(t *testing.T) {
	dir := t.TempDir()
	units := []string{unit, "22-qotd"}
	const text = "package main\n"
	for who, c := range map[string]struct{ file, taken, lost string }{
		"number":  {"22/main.go", "22-qotd", ""},
		"slug":    {"qotd/main.go", "22-qotd", ""},
		"case":    {"22-Qotd/main.go", "22-qotd", ""},
		"under":   {"22_qotd/main.go", "22-qotd", ""},
		"wrapped": {"mine/22/main.go", "22-qotd", ""},
		"clone":   {"exercises/22/main.go", "22-qotd", ""},
		"top":     {"main.go", "", "the top folder"},
		"other":   {"22-quotes/main.go", "", "22-quotes/"},
		"deep":    {unit + "/src/main.go", unit, unit + "/src/"},
		"none":    {"readme.txt", "", "there is no Go file"},
		"foreign": {"05-syscalls/main.go", "", "there is no Go file"},
	} {
		trial.Write(t, filepath.Join(dir, who, filepath.FromSlash(c.file)), text)
		trial.Write(t, filepath.Join(dir, who, filepath.FromSlash(path.Dir(c.file)), "notes.txt"), "")
		s := &Submission{Name: who, Path: filepath.Join(dir, who)}
		programs, lost, err := s.Programs(units)
		if err != nil || (programs[c.taken] != nil) != (c.taken != "") || len(programs) > 1 ||
			!strings.Contains(lost, c.lost) || (lost != "") != (c.lost != "") {
			t.Errorf("%s: %v, %q, %v; want %q, %q", who, programs, lost, err, c.taken, c.lost)
		}
	}
	for _, file := range []string{"two/22/main.go", "two/qotd/main.go", "beside/22-qotd/main.go", "beside/22/main.go"} {
		trial.Write(t, filepath.Join(dir, filepath.FromSlash(file)), text)
	}
	two := &Submission{Path: filepath.Join(dir, "two")}
	if programs, lost, _ := two.Programs(units); len(programs) > 0 || !strings.Contains(lost, "22/, qotd/") {
		t.Errorf("of two: %v, %q", programs, lost)
	}
	for _, file := range []string{"tries/1/main.go", "tries/2/main.go"} {
		trial.Write(t, filepath.Join(dir, filepath.FromSlash(file)), text)
	}
	tries := &Submission{Path: filepath.Join(dir, "tries")}
	if programs, lost, _ := tries.Programs([]string{unit}); programs[unit] == nil || !strings.Contains(lost, "in 1/,") {
		t.Errorf("tries: %v, %q", programs, lost)
	}
	beside := &Submission{Path: filepath.Join(dir, "beside")}
	programs, _, _ := beside.Programs(units)
	if p := programs["22-qotd"]; p == nil || !slices.Equal(p.Left, []string{"22/"}) {
		t.Errorf("beside: %v", programs)
	}
}

// A link out of a submission is not followed, wherever it is.
func TestLinks(t *testing.T) {
	dir, secret := t.TempDir(), t.TempDir()
	trial.Write(t, filepath.Join(secret, "main.go"), "package main // secret\n")
	trial.Write(t, filepath.Join(dir, "ada", "note.txt"), "")
	if err := os.Symlink(secret, filepath.Join(dir, "ada", unit)); err != nil {
		t.Fatal(err)
	}
	trial.Write(t, filepath.Join(dir, "bob", "note.txt"), "")
	if err := os.Symlink(filepath.Join(secret, "main.go"), filepath.Join(dir, "bob", "main.go")); err != nil {
		t.Fatal(err)
	}
	all, err := List(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		programs, _, err := s.Programs([]string{unit})
		if err != nil {
			continue
		}
		if p := programs[unit]; p != nil && len(p.Files) > 0 {
			t.Errorf("%s: took %v", s.Name, p.Files)
		}
	}
}

// Whose a submission is comes from the roster, from an export, or from the name.
func TestIdentify(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"submission_1", "submission_2", "spring-echo-eve", "frank", "stranger"} {
		trial.Write(t, filepath.Join(dir, name, "main.go"), "package main\n")
	}
	trial.Write(t, filepath.Join(dir, metadata), `submission_1:
  :submitters:
  - :name: Ada
    :sid: "007"
    :email: ada@example.org
  - :name: Bob
    :email: bob@example.org
submission_2:
  :submitters:
  - :name: Cat
    :sid: 12
  :created_at: 2026-10-01 10:00:00.5 Z
`)
	roster := filepath.Join(dir, "class.csv")
	trial.Write(t, roster, "name,id,account\nBob,b1,\nEve,e1,eve\nFrank,f1,frank\nGus,g1,gus\n")
	r, err := ReadRoster(roster)
	if err != nil {
		t.Fatal(err)
	}
	all, err := List(dir)
	if err != nil {
		t.Fatal(err)
	}
	if then := all[len(all)-1].HandedIn; then.IsZero() && all[len(all)-1].Name == "submission_2" {
		t.Error("when it was handed in is not read")
	}
	absent, err := Identify(all, r)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, s := range all {
		ids = append(ids, s.ID)
	}
	slices.Sort(ids)
	if want := []string{"007", "12", "b1", "e1", "f1", "stranger"}; !slices.Equal(ids, want) {
		t.Errorf("ids %q, want %q", ids, want)
	}
	if !slices.Equal(absent, []string{"g1"}) {
		t.Errorf("absent %q", absent)
	}
	if _, err := Identify(append(all, &Submission{Name: "frank"}), r); err == nil {
		t.Error("two submissions of one learner are taken")
	}
}

// A roster that cannot be relied on is an error that names the line.
func TestRosterErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                   "empty",
		"name\nAda\n":        "must be id",
		"id,name\n1,A\n,B":   ":3: there is no id",
		"id\n1\n1\n":         ":3: an id that was there before",
		"id\n\"unfinished\n": "class.csv",
	} {
		file := filepath.Join(t.TempDir(), "class.csv")
		trial.Write(t, file, text)
		if _, err := ReadRoster(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want %q", text, err, want)
		}
	}
}

// TestSafe: an id is the name of a folder, and stands on terminals and pages.
func TestSafe(t *testing.T) {
	for id, want := range map[string]string{"ada": "ada", "林 éva": "林 éva", "../x": "_.._x", "a/b": "a_b",
		"\x1b[31m":       "_[31m",
		"a\u202eb\u2066": "a_b_", "": "_", " .batch": "_.batch"} {
		if got := safe(id); got != want {
			t.Errorf("%q becomes %q, want %q", id, got, want)
		}
	}
}
