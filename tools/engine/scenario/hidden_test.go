package scenario

import (
	"path/filepath"
	"strings"
	"testing"

	"loopback/tools/base/trial"
)

const privateText = "# A rule.\nserve\n"

// TestReadHidden: the folder of a unit has any of the names by which commands know it, and
// what lies beside scenarios stays there.
func TestReadHidden(t *testing.T) {
	course := []string{"02-echo-once", "22-qotd"}
	for _, folder := range []string{"22-qotd", "22"} {
		dir := t.TempDir()
		trial.Write(t, filepath.Join(dir, folder, "90-mine.txtar"), privateText)
		for _, beside := range []string{"README.md", ".git/config", folder + "/README.md",
			folder + "/wrong/one/main.go"} {
			trial.Write(t, filepath.Join(dir, filepath.FromSlash(beside)), "mine\n")
		}
		all, err := ReadHidden(dir, course, "22-qotd", "02-echo-once")
		if err != nil || len(all["22-qotd"]) != 1 || len(all) != 1 {
			t.Fatalf("%s: %v, %v", folder, all, err)
		}
		if h := all["22-qotd"][0]; h.ID != "90-mine" || h.File != filepath.Join(dir, folder, "90-mine.txtar") {
			t.Errorf("%s: %v", folder, h)
		}
	}
}

// TestPackHidden: what was read can be packed, and read again.
func TestPackHidden(t *testing.T) {
	course := []string{"02-echo-once", "22-qotd"}
	dir := t.TempDir()
	trial.Write(t, filepath.Join(dir, "22", "90-mine.txtar"), privateText)
	all, err := ReadHidden(dir, course, "22-qotd")
	if err != nil {
		t.Fatal(err)
	}
	data, err := PackHidden(all["22-qotd"])
	if err != nil {
		t.Fatal(err)
	}
	again, err := UnpackHidden(data, course, "22-qotd")
	if err != nil || len(again["22-qotd"]) != 1 {
		t.Fatalf("%v, %v", again, err)
	}
	h := again["22-qotd"][0]
	if want := filepath.Join(Piped, "22-qotd", "90-mine.txtar"); h.ID != "90-mine" || string(h.Text) != privateText ||
		h.File != want {
		t.Errorf("%v", h)
	}
	if _, err := UnpackHidden(data, course, "02-echo-once"); err == nil {
		t.Error("there is none for 02, and that is no error")
	}
	if _, err := UnpackHidden([]byte("no archive"), course, "22-qotd"); err == nil {
		t.Error("what is no archive is taken for an empty one")
	}
}

// TestHiddenLayout: what is not read although it could be meant is an error, which names it.
func TestHiddenLayout(t *testing.T) {
	course := []string{"02-echo-once", "22-qotd"}
	for file, want := range map[string]string{
		"90-crlf.txtar":                 "90-crlf.txtar: a scenario lies in a folder that is named as its unit",
		"23-nope/90-a.txtar":            "23-nope: no unit has this name",
		"qotd/90-a.txtar":               "qotd: no unit has this name; did you mean 22-qotd?",
		"22-qotd/90-crlf.txt":           "90-crlf.txt: this is not a scenario: the name of one ends in .txtar",
		"22-qotd/crlf.txtar":            "crlf.txtar: a scenario is named with a number",
		"22-qotd/22-qotd/90-crlf.txtar": "90-crlf.txtar: it lies too deep",
		"02-echo-once/90-a.txtar":       "there is no scenario for 22-qotd in it",
		"22-qotd/README.md":             "there is no scenario for 22-qotd in it",
	} {
		dir := t.TempDir()
		trial.Write(t, filepath.Join(dir, filepath.FromSlash(file)), privateText)
		_, err := ReadHidden(dir, course, "22-qotd")
		if err == nil || !strings.HasPrefix(err.Error(), dir) ||
			!strings.Contains(filepath.ToSlash(err.Error()), want) {
			t.Errorf("%s: %v, want %q", file, err, want)
		}
	}
	if _, err := ReadHidden(filepath.Join(t.TempDir(), "none"), course, "22-qotd"); err == nil {
		t.Error("a folder that is not there is taken for an empty one")
	}
}
