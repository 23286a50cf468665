package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loopback/tools/base/called"
)

// TestAdvice: what the command advises names it as it was called, also where another process
// than the one that was called does the work.
func TestAdvice(t *testing.T) {
	dir := copyCourse(t)
	t.Setenv(called.Variable, "./course")
	says(t, dir, 1, "grade 00 --dir testdata/00-setup/wrong/sprocket",
		"\n    ./course grade 00-setup --dir testdata/00-setup/wrong/sprocket --only 01-greeting")
	says(t, dir, 1, "grade 00 --dir testdata/00-setup/wrong/sprocket --out ada.txt")
	text, err := os.ReadFile(filepath.Join(dir, "ada.txt"))
	if err != nil || !strings.Contains(string(text), "\n    ./course grade 00-setup --dir") {
		t.Errorf("with --out: %v\n%s", err, text)
	}
	says(t, dir, 0, "grade --help", "Usage:\n  ./course grade UNIT", "\n  ./course grade 02-echo-once\n")
	status, _, stderr := course(t, dir, "grade")
	oneLine(t, status, 2, stderr, "grade needs a UNIT; for example: ./course grade 02-echo-once")
	status, stdout, _ := course(t, dir, "check", "00")
	if strings.Contains(stdout, called.ByGo) {
		t.Errorf("status %d\n%s", status, stdout)
	}
}
