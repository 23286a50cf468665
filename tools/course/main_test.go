package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"loopback/tools/companion/progress"
)

// asCourse in its environment makes this test binary the course command.
const asCourse = "LOOPBACK_TEST_AS_COURSE"

func TestMain(m *testing.M) {
	if os.Getenv(asCourse) != "" {
		main()
	}
	os.Setenv("LC_ALL", "C.UTF-8") // or reports are of ASCII letters, in a terminal that has no others
	os.Exit(m.Run())
}

// The units that the copies of the course have.
var units = []string{"00-setup", "02-echo-once"}

// copyCourse copies what the command needs of the course to a temporary folder.
func copyCourse(t *testing.T) (dir string) {
	t.Helper()
	from, err := root()
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	paths := []string{"go.mod", "go.sum"}
	for _, u := range units {
		paths = append(paths, filepath.Join("chapters", u+".md"))
		for _, tree := range []string{"exercises", "solutions", "testdata"} {
			paths = append(paths, filepath.Join(tree, u))
		}
	}
	for _, path := range paths {
		err := filepath.WalkDir(filepath.Join(from, path), func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			rel, _ := filepath.Rel(from, path)
			data, err := os.ReadFile(path)
			if err == nil {
				put(t, filepath.Join(dir, rel), string(data))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// course runs the command in dir.
func course(t *testing.T, dir string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), asCourse+"=1")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// A line of doctor that is wider than the terminal goes on below its text.
func TestHanging(t *testing.T) {
	line := "has     signals    a program cannot end its grader: by a namespace"
	want := "has     signals    a program cannot\n" +
		"                   end its grader: by\n" +
		"                   a namespace"
	if got := hanging(line, 38); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := hanging(line, 100); got != line {
		t.Errorf("got\n%s", got)
	}
}

// Ctrl-C is said in words, and not in those of package context.
func TestWhyNot(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	if got := whyNot(ctx, "no compiler\n"); got != "no compiler" {
		t.Errorf("got %q", got)
	}
	cancel()
	if got := whyNot(ctx, context.Canceled.Error()); got != "grading was interrupted" {
		t.Errorf("got %q", got)
	}
}

// Wrong use is told in one line on standard error, with what would be right,
// and nothing is built or graded.
func TestWrongUse(t *testing.T) {
	dir := copyCourse(t)
	put(t, filepath.Join(dir, "a-file"), "package main\n")
	put(t, filepath.Join(dir, "private", "00", "90-crlf.txt"), "# A rule.\nserve\n")
	put(t, filepath.Join(dir, "others", "02", "90-crlf.txtar"), "# A rule.\nserve\n")
	for _, c := range []struct {
		name   string
		args   string
		status int
		line   string
	}{
		{"unknown verb", "garde 00-setup", 2, `unknown command "garde"; did you mean grade?`},
		{"a verb of another course", "next", 2, `unknown command "next"; try go run ./tools/course`},
		{"a unit to remove, by its number", "remove 00", 2, "remove wants the whole name of a unit: 00-setup"},
		{"unknown flag", "grade 00-setup --rase", 2, "grade has no flag --rase; did you mean --race?"},
		{"no unit", "grade", 2, "grade needs a UNIT; for example: go run ./tools/course grade 02-echo-once"},
		{"unknown unit", "grade 99-none", 2, `no unit is called "99-none"; there are 00-setup, 02-echo-once`},
		{"unknown unit to check", "check 99-none", 2, `no unit is called "99-none"`},
		{"a path is no unit", "grade ../00-setup", 2, `no unit is called "../00-setup"`},
		{"too many", "solution 00 02", 2, `solution takes UNIT and no more; what is "02"?`},
		{"a unit in place of a verb", "02", 2,
			"02-echo-once is a unit; say what to do with it, such as: go run ./tools/course watch 02"},
		{"no scenario", "run 02", 2, "run needs a SCENARIO; for example:"},
		{"an unlike flag", "watch --colour", 2,
			"watch has no flag --colour; its flags are in: go run ./tools/course watch --help"},
		{"a flag with one hyphen", "grade 00 -format xml", 2, "grade has no flag -format; did you mean --format?"},
		{"help with one hyphen", "grade -help", 2, "did you mean --help?"},
		{"another machine", "try 00 --listen 192.0.2.1:1", 2, "give a loopback address"},
		{"a number that is taken", "new 02-fan-out", 2, "the number 02 is taken by 02-echo-once"},
		{"missing folder", "grade 00 --dir no/such/folder", 2, "--dir: stat no/such/folder: no such file or directory"},
		{"a file as a folder", "grade 00 --dir a-file", 2, "--dir: a-file is a file; give the folder that holds it"},
		{"a command that does not exist", "grade 00 --exec ./no-such-command", 2, "./no-such-command"},
		{"an empty command", "grade 00 --exec=", 2, "--exec needs a command"},
		{"quotes around nothing", "grade 00 --exec ''", 2, "--exec needs a command"},
		{"a quote without its end", "grade 00 --exec 'a", 2, "--exec 'a: Unterminated single-quoted string"},
		{"a command that compiles", "grade 00 --exec go\u00a0run\u00a0main.go", 2,
			"go run compiles the program again for each scenario; build it first, with go build"},
		{"an empty folder name", "grade 00 --dir=", 2, "--dir needs a folder"},
		{"another format", "grade 00 --format xml", 2, `--format must be text, json or junit, not "xml"`},
		{"another sandbox", "grade 00 --sandbox on", 2, `--sandbox must be auto, require or none, not "on"`},
		{"another sandbox for a class", "batch . --out graded --sandbox on", 2,
			"--sandbox must be auto, require or none"},
		{"a hidden file of another name", "grade 00 --hidden private", 2,
			"--hidden: private/00/90-crlf.txt: this is not a scenario"},
		{"hidden scenarios of another unit", "grade 00 --hidden others", 2,
			"--hidden: others: there is no scenario for 00-setup in it"},
		{"both programs", "grade 00 --dir . --exec true", 2, "--dir and --exec exclude each other"},
		{"race of a command", "grade 00 --race --exec true", 2, "--race builds a folder"},
		{"unknown scenario", "grade 00 --only none", 2,
			`00-setup has no scenario "none"; it has 01-greeting, 02-next-client`},
		{"two scenarios", "grade 00 --only 01,02", 2, `"01,02" is more than one scenario; give one`},
		{"a mistyped scenario", "grade 00 --only 01-greting", 2,
			`00-setup has no scenario "01-greting"; did you mean 01-greeting?`},
		{"a mistyped unit", "grade 02-echo-onec", 2, `no unit is called "02-echo-onec"; did you mean 02-echo-once?`},
		{"a unit without its number", "hint echo", 2, `no unit is called "echo"; did you mean 02-echo-once?`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			args := strings.Split(c.args, " ")
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], "\u00a0", " ")
			}
			status, stdout, stderr := course(t, dir, args...)
			oneLine(t, status, c.status, stderr, c.line)
			if stdout != "" {
				t.Errorf("standard output: %q", stdout)
			}
		})
	}
	t.Run("outside of the course", func(t *testing.T) {
		status, _, stderr := course(t, t.TempDir(), "grade", "00")
		oneLine(t, status, 2, stderr, "is not inside the course")
	})
}

// oneLine checks a status, and that standard error is one line that has text.
func oneLine(t *testing.T, status, want int, stderr, text string) {
	t.Helper()
	if status != want {
		t.Errorf("status %d, want %d", status, want)
	}
	if strings.Count(stderr, "\n") != 1 || !strings.HasPrefix(stderr, "course: ") || !strings.Contains(stderr, text) {
		t.Errorf("standard error is not one line with %q:\n%s", text, stderr)
	}
}

func TestUnreadableFolder(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("NOT TESTED: nothing is unreadable for root; run this test as another user")
	}
	dir := copyCourse(t)
	if err := os.Mkdir(filepath.Join(dir, "locked"), 0); err != nil {
		t.Fatal(err)
	}
	status, _, stderr := course(t, dir, "grade", "00", "--dir", "locked")
	oneLine(t, status, 2, stderr, "permission denied")
}

// readResult is what a reader of the JSON needs.
type readResult struct {
	Schema, Unit, Status string
	Score                int
	Max                  int `json:"max_score"`
	Plan                 []string
	Build                struct {
		OK     bool
		Output string
	}
	Tests []struct{ ID, Status, Code string }
}

// gradeJSON grades with --format json; standard output must be that alone.
func gradeJSON(t *testing.T, dir string, args ...string) (status int, r readResult) {
	t.Helper()
	status, stdout, stderr := course(t, dir, append([]string{"grade", "00-setup", "--format", "json"}, args...)...)
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatalf("status %d, %v\n%s\n%s", status, err, stdout, stderr)
	}
	if r.Schema != "loopback/result/v1" || r.Unit != "00-setup" || len(r.Plan) == 0 || len(r.Tests) != len(r.Plan) {
		t.Errorf("%+v", r)
	}
	return status, r
}

func TestGrade(t *testing.T) {
	t.Parallel()
	dir := copyCourse(t)
	put(t, filepath.Join(dir, "broken", "main.go"), "package main\n\nfunc main() {\n\tlgo.Println()\n}\n")
	put(t, filepath.Join(dir, "empty", "notes.txt"), "no program\n")
	for _, c := range []struct {
		name, folder   string
		status         int
		unit           string
		text           string
		score          int
		build, skipped bool
	}{
		{"right", "solutions/00-setup", 0, "graded", "00-setup: 2 of 2", 2, true, false},
		{"wrong", "testdata/00-setup/wrong/accept-once", 1, "graded", "── 02-next-client ── silence ─", 1, true, false},
		{"does not compile", "broken", 1, "not_built", "main.go:4:2: undefined: lgo", 0, false, true},
		{"no program", "empty", 1, "not_built", "there is no .go file in it", 0, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, stdout, stderr := course(t, dir, "grade", "00", "--dir", c.folder)
			if status != c.status || !strings.Contains(stdout, c.text) || stderr != "" {
				t.Errorf("status %d, want %d and %q\n%s%s", status, c.status, c.text, stdout, stderr)
			}
			status, r := gradeJSON(t, dir, "--dir", c.folder)
			if status != c.status || r.Status != c.unit || r.Score != c.score || r.Max != 2 || r.Build.OK != c.build {
				t.Errorf("status %d: %+v", status, r)
			}
			for _, one := range r.Tests {
				if (one.Status == "skip") != c.skipped {
					t.Errorf("%+v", one)
				}
			}
		})
	}
}

// A mistake in a scenario is never the program's fault: status 3.
func TestCannotGrade(t *testing.T) {
	t.Parallel()
	dir := copyCourse(t)
	put(t, filepath.Join(dir, "testdata", "00-setup", "01-greeting.txtar"), "# A rule.\nserve\nrecv A 'x'\n")
	status, r := gradeJSON(t, dir, "--dir", "solutions/00-setup")
	if status != 3 || r.Status != "could_not_grade" || r.Tests[0].Code != "error" {
		t.Errorf("status %d: %+v", status, r)
	}
	for script, want := range map[string]string{
		"# pints 2\n": `unknown header "pints"`, "sreve\n": `unknown command "sreve"`,
	} {
		put(t, filepath.Join(dir, "testdata", "00-setup", "01-greeting.txtar"), "# A rule.\n"+script)
		status, _, stderr := course(t, dir, "grade", "00-setup")
		if !strings.Contains(stderr, "testdata/00-setup/01-greeting.txtar:2: "+want) || status < 2 {
			t.Errorf("status %d: %s", status, stderr)
		}
	}
}

// Without a verb the command shows where one stands.
func TestStatus(t *testing.T) {
	t.Parallel()
	dir := copyCourse(t)
	data, err := os.ReadFile(filepath.Join(dir, "solutions", "00-setup", "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "exercises", "00-setup", "main.go"), string(data))
	status, stdout, stderr := course(t, filepath.Join(dir, "exercises", "00-setup")) // from anywhere in the course
	if status != 0 || stderr != "" {
		t.Errorf("status %d: %s", status, stderr)
	}
	for _, text := range []string{"00-setup", "done", "02-echo-once", "not started",
		"Next: read chapters/02-echo-once.md"} {
		if !strings.Contains(stdout, text) {
			t.Errorf("no %q in\n%s", text, stdout)
		}
	}
}

// Nothing in the course is written to, neither by grade nor by check, and by the
// board nothing but the folder that Git ignores.
func TestNothingIsWritten(t *testing.T) {
	t.Parallel()
	dir := copyCourse(t)
	before := allOf(t, dir)
	for _, args := range [][]string{{"grade", "00"}, {"grade", "00", "--dir", "testdata/00-setup/wrong/sprocket"},
		{"grade", "02", "--format", "json"}, {"check", "00"}, {}} {
		if status, stdout, stderr := course(t, dir, args...); status > 1 {
			t.Errorf("%v: status %d\n%s%s", args, status, stdout, stderr)
		}
		after := allOf(t, dir)
		if len(args) == 0 {
			maps.DeleteFunc(after, func(path, _ string) bool {
				return path == dir || strings.HasPrefix(path, filepath.Join(dir, progress.Folder))
			})
			delete(before, dir) // its time is that of the new folder
		}
		for _, path := range slices.Sorted(maps.Keys(after)) {
			if before[path] != after[path] {
				t.Errorf("%v: %s was %q, is %q", args, path, before[path], after[path])
			}
		}
		if len(after) != len(before) {
			t.Errorf("%v: %d files and folders, were %d", args, len(after), len(before))
		}
	}
}

// allOf returns every file and folder with its mode, time and content.
func allOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		var data []byte
		if d.Type().IsRegular() {
			if data, err = os.ReadFile(path); err != nil {
				return err
			}
		}
		all[path] = fmt.Sprintf("%v %v %x", info.Mode(), info.ModTime(), sha256.Sum256(data))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
