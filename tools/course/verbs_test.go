package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"loopback/tools/companion/coach"
)

// says runs the command and checks its status and that standard output has all
// the texts; it returns standard output.
func says(t *testing.T, dir string, status int, args string, texts ...string) string {
	t.Helper()
	got, stdout, stderr := course(t, dir, strings.Fields(args)...)
	if got != status {
		t.Errorf("course %s: status %d, want %d\n%s%s", args, got, status, stdout, stderr)
	}
	for _, text := range texts {
		if !strings.Contains(stdout, text) {
			t.Errorf("course %s: no %q in\n%s%s", args, text, stdout, stderr)
		}
	}
	return stdout
}

// exercise makes the learner's program of a unit a copy of another file.
func exercise(t *testing.T, dir, unit, from string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, from, "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "exercises", unit, "main.go"), string(data))
}

// From clone to the first solved unit, with what the commands say.
func TestFirstUnit(t *testing.T) {
	t.Parallel()
	dir := copyCourse(t)
	says(t, dir, 0, "", "0 of 2 exercises done", "> 00-setup", "not started",
		"Next: read chapters/00-setup.md, then edit exercises/00-setup/main.go.", coach.Command+" watch")
	says(t, dir, 0, "hint", "00-setup is not started", "chapters/00-setup.md",
		"exercises/00-setup/main.go", "notWritten()")
	says(t, dir, 1, "solution 00")
	exercise(t, dir, "00-setup", "testdata/00-setup/wrong/sprocket")
	says(t, dir, 0, "", "00-setup                  0 of 2", "Next: 01-greeting of 00-setup fails (wrong-bytes)")
	says(t, dir, 0, "hint 00", "Hint 1 of 3, which the report shows", "Hint 2 of 3") // the first step is new
	says(t, dir, 0, "hint 00", "Hint 3 of 3")
	says(t, dir, 0, "hint exercises/00-setup/main.go", "That was the last hint", "chapters/00-setup.md#fix-one-word",
		"run 00 01-greeting --timeline")
	exercise(t, dir, "00-setup", "testdata/00-setup/wrong/accept-once")
	says(t, dir, 0, "hint", "02-next-client (silence)", "Hint 1 of") // another failure: from the first on
	exercise(t, dir, "00-setup", "solutions/00-setup")
	says(t, dir, 0, "", "1 of 2 exercises done", "> 02-echo-once", "Next: read chapters/02-echo-once.md")
	says(t, dir, 0, "hint 0", "there is nothing to hint at")
	says(t, dir, 0, "solution 0", "the same, line by line", "Mistakes of others: 2 programs", "solution 00 --mistakes")
	says(t, dir, 0, "solution 0 --mistakes", "the same, line by line", "Mistakes of others: 2 programs",
		"1. accept once",
		"02-next-client: silence", "● ")
}

// A solution is sealed until the exercise has passed, and opened on purpose.
func TestSolution(t *testing.T) {
	t.Parallel()
	dir := copyCourse(t)
	status, stdout, stderr := course(t, dir, "solution", "02")
	if status != 1 || stdout != "" || !strings.Contains(stderr, "sealed until your program passes") ||
		!strings.Contains(stderr, "--spoil") {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
	says(t, dir, 0, "solution 02 --spoil", "--- exercises/02-echo-once/main.go", "+++ solutions/02-echo-once/main.go",
		"\n+\tln, err := net.Listen", "Mistakes of others: ")
	exercise(t, dir, "02-echo-once", "testdata/02-echo-once/right/io-copy")
	says(t, dir, 0, "solution 02", "\n-")
	exercise(t, dir, "02-echo-once", "testdata/02-echo-once/wrong/port-0-printed")
	says(t, dir, 0, "solution 02", "\n-") // it has passed once
}

// Reset puts the stub back, whatever was committed, and loses nothing.
func TestReset(t *testing.T) {
	t.Parallel()
	dir := copyCourse(t)
	file := filepath.Join(dir, "exercises", "02-echo-once", "main.go")
	stub, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	kept := func() []string {
		names, _ := filepath.Glob(file + ".*")
		for i, n := range names {
			names[i] = strings.TrimPrefix(n, file)
		}
		return names
	}
	says(t, dir, 0, "reset 02", "is the stub already; nothing was done")
	for i, mine := range []string{"package main // one\n", "package main // two\n", "package main // one\n", ""} {
		put(t, file, mine)
		says(t, dir, 0, "reset 02", "is the stub again", "main.go.before-reset-"+[]string{"1", "2", "1", "3"}[i])
		if now, err := os.ReadFile(file); err != nil || string(now) != string(stub) {
			t.Errorf("%v\n%s", err, now)
		}
	}
	if got := kept(); !slices.Equal(got, []string{".before-reset-1", ".before-reset-2", ".before-reset-3"}) {
		t.Errorf("kept: %v", got)
	}
	put(t, filepath.Join(filepath.Dir(file), "helper.go"), "package main\n")
	put(t, file, "package main // with a helper\n")
	says(t, dir, 0, "reset 02", "These files of yours are still part of the program: helper.go")
	os.Remove(filepath.Join(filepath.Dir(file), "helper.go"))
	os.Remove(file)
	says(t, dir, 0, "reset 02", "was missing; the stub is there again")
	says(t, dir, 0, "", "02-echo-once              not started")
	os.RemoveAll(filepath.Join(dir, "testdata", "02-echo-once", "stub"))
	put(t, file, "package main // precious\n")
	status, _, stderr := course(t, dir, "reset", "02")
	oneLine(t, status, 2, stderr, "git restore testdata/02-echo-once/stub brings it back")
	if now, _ := os.ReadFile(file); string(now) != "package main // precious\n" {
		t.Errorf("%s", now)
	}
}

// Run shows one scenario, passing or failing, and all that went over the wire.
func TestRun(t *testing.T) {
	t.Parallel()
	dir := copyCourse(t)
	says(t, dir, 1, "run 00 1", "not started")
	exercise(t, dir, "00-setup", "testdata/00-setup/wrong/accept-once")
	says(t, dir, 0, "run 00 01-greeting", "00-setup: 1 of 1")
	says(t, dir, 0, "run 00 greeting --timeline", "01-greeting: passes", "  2  serve\n", "●  listening on 127.",
		"  3  dial A\n", "FIN: end of stream")
	out := says(t, dir, 1, "run 00 02-next-client --timeline", "02-next-client: silence",
		"── 02-next-client ── silence ─", "Likely cause")
	if i, j := strings.Index(out, "  8  dial B\n"), strings.Index(out, "✗"); i < 0 || j < i {
		t.Errorf("the script does not stand above its rows:\n%s", out)
	}
	says(t, dir, 0, "run 00 2 --solution --timeline", "02-next-client: passes")
	page := filepath.Join(dir, "page.html")
	says(t, dir, 1, "run 00 2 --dir testdata/00-setup/wrong/accept-once --html "+page, "written: "+page)
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<svg ", "Fails: silence.", "accept-once, silence</h2>",
		"On the wire: solutions/00-setup, passes</h2>"} {
		if !strings.Contains(string(data), want) {
			t.Errorf("the page has no %q:\n%s", want, data)
		}
	}
	status, _, stderr := course(t, dir, "run", "02", "1", "--html", page)
	oneLine(t, status, 2, stderr, "no page was written")
}

// A scenario of an instructor's own is shown whole to its author, and what is wrong in its file
// is said where it lies; the report for learners has none of it.
func TestOwnScenario(t *testing.T) {
	t.Parallel()
	dir := copyCourse(t)
	const typo = `private/00/90-typo.txtar:4: too few arguments`
	put(t, filepath.Join(dir, "private", "00", "90-typo.txtar"), "# A rule.\nserve\ndial A\nsend A\n")
	put(t, filepath.Join(dir, "private", "00", "91-other.txtar"), "# A rule.\nserve\ndial A\nrecv A 'other\\n'\n")
	says(t, dir, 3, "run 00 90 --solution --hidden private", typo, "If you have written it, mend")
	says(t, dir, 1, "run 00 91 --dir solutions/00-setup --hidden private --timeline", "  4  recv A 'other",
		"wrong-bytes", "--only 91-other --seed ", " --hidden private\n", "scenario: private/00/91-other.txtar:4")
	status, stdout, stderr := course(t, dir, "grade", "00", "--dir", "solutions/00-setup", "--hidden", "private")
	if status != 3 || !strings.Contains(stderr, "course: could not grade: 90-typo: "+typo) ||
		strings.Contains(stdout, "usage") || strings.Contains(stdout, "'other") {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
}

// Shells complete verbs, units and scenarios.
func TestCompletion(t *testing.T) {
	t.Parallel()
	dir := copyCourse(t)
	for args, want := range map[string]string{
		"__complete so":                   "solution\t",
		"__complete hint 0":               "00-setup\n02-echo-once\n",
		"__complete run 00 0":             "01-greeting\tEach client gets",
		"__complete grade 00 --only 0":    "02-next-client\tThe server greets the next client, too.",
		"__complete grade 00 --format te": "text\n",
	} {
		says(t, dir, 0, args, want)
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		says(t, dir, 0, "completion "+shell, "course")
	}
}

// Every verb's help says what it does, and has an example where there are
// arguments.
func TestHelp(t *testing.T) {
	t.Parallel()
	dir := copyCourse(t)
	all := says(t, dir, 0, "--help", "To learn:", "Exit statuses:")
	for _, c := range newCourse().Commands() {
		if c.Hidden {
			continue
		}
		if !strings.Contains(all, "  "+c.Name()+" ") {
			t.Errorf("--help does not name %s", c.Name())
		}
		says(t, dir, 0, c.Name()+" --help", "Usage:\n  "+coach.Command+" "+c.Name(), c.Short)
		if c.GroupID == "learn" && !strings.Contains(says(t, dir, 0, c.Name()+" --help"), "Examples:") {
			t.Errorf("%s has no example", c.Name())
		}
	}
	for line := range strings.Lines(all) {
		if len(line) > 90 {
			t.Errorf("long line: %s", line)
		}
	}
}
