package main

import (
	"archive/zip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"loopback/tools/class/export"
	"loopback/tools/engine/process"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
)

// private are two scenarios of an instructor's for 00-setup. The solution passes the second.
// All that the first is about is in capital letters.
var private = []scenario.Hidden{
	{Unit: "00-setup", ID: "90-private", Text: []byte(
		"# THE-RULE that nobody knows.\n# points 3\nserve\ndial A\nrecv A 'THE-BYTES\\n'\n\n-- hint --\nTHE-HINT\n")},
	{Unit: "00-setup", ID: "91-later", Text: []byte(
		"# THE-OTHER-RULE.\n# visibility after_published\nserve\ndial A\nrecv A 'hello, socket\\n'\n")},
}

// curious is the solution, but that it greets with the names of those files that it can read.
func curious(t *testing.T, files ...string) string {
	t.Helper()
	quoted := make([]string, len(files))
	for i, f := range files {
		quoted[i] = strconv.Quote(f)
	}
	text := strings.Replace(solution(t), `const greeting = "hello, socket\n"`, `var greeting = look()

func look() string {
	found := "hello, socket\n"
	for _, file := range []string{`+strings.Join(quoted, ", ")+`} {
		if _, err := os.ReadFile(file); err == nil {
			found = "reads " + file + "\n"
		}
	}
	return found
}`, 1)
	if !strings.Contains(text, "look") {
		t.Fatal("the solution has another greeting")
	}
	return text
}

// asStudent makes commands for the PATH of a script that runs as root and has a user student:
// id says so, and runuser runs what it is given as the user who runs the test.
func asStudent(t *testing.T) (env string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"id": "#!/bin/sh\necho 0\n",
		"runuser": "#!/bin/sh\nwhile [ \"$1\" != -- ]; do shift; done\nshift 2\nshift 2\nexec \"$@\"\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return "PATH=" + dir + ":" + os.Getenv("PATH")
}

// tells fails a test when a learner's text has no word of which hidden scenario passed, or
// more than that.
func tells(t *testing.T, what, text string) {
	t.Helper()
	if !strings.Contains(text, "90-private") || !strings.Contains(text, "91-later") {
		t.Errorf("%s does not name the scenarios:\n%s", what, text)
	}
	if strings.Contains(text, "THE-") {
		t.Errorf("%s tells of what is hidden:\n%s", what, text)
	}
}

// TestExportHiddenGradescope unpacks the archive and runs what is in it: a test has the visibility
// of its scenario, and the score is the share of the points.
func TestExportHiddenGradescope(t *testing.T) {
	out, top := exportedWith(t, "gradescope", export.Options{Hidden: private, Points: 9}), t.TempDir()
	r, err := zip.OpenReader(filepath.Join(out, "autograder.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	source := filepath.Join(top, "source")
	if err := os.CopyFS(source, r); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(top, "submission", "main.go"), solution(t))
	results := filepath.Join(top, "results", "results.json")
	put(t, results, "") // so that its folder is there
	env := []string{asStudent(t), "AUTOGRADER=" + top, "TREE=" + filepath.Join(source, "tree"),
		"COURSE=" + filepath.Join(source, "course")}
	runIn(t, source, env, "./run_autograder")
	v := readJSON(t, results)
	seen := map[string][]any{}
	for _, one := range v["tests"].([]any) {
		one := one.(map[string]any)
		name, _ := one["name"].(string)
		id, _, _ := strings.Cut(name, ":")
		seen[id] = []any{one["visibility"], one["status"], one["score"], one["max_score"]}
		if shown := name + one["status"].(string); one["visibility"] == "visible" && strings.Contains(shown, "THE-") {
			t.Errorf("a visible test tells of what is hidden: %v", one)
		}
	}
	want := map[string][]any{"01-greeting": {"visible", "passed", 1.0, 1.0},
		"90-private": {"hidden", "failed", 0.0, 3.0},
		"91-later":   {"after_published", "passed", 1.0, 1.0}}
	for id, w := range want {
		for i := range w {
			if len(seen[id]) != 4 || seen[id][i] != w[i] {
				t.Fatalf("%s: %v, want %v", id, seen[id], w)
			}
		}
	}
	if v["score"] != 4.5 { // 3 of 6, of 9
		t.Errorf("the score is %v", v["score"])
	}
}

// TestExportHiddenAutolab runs the makefile's commands with a program that looks for what is
// hidden where it lies, and finds nothing. The learner reads all that is printed.
func TestExportHiddenAutolab(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip(err)
	}
	if !process.Conceals() {
		t.Skip("this kernel has no Landlock, or it is not switched on")
	}
	out := exportedWith(t, "autolab", export.Options{Hidden: private})
	if files, err := filepath.Glob(filepath.Join(out, "*")); err != nil || len(files) != 2 {
		t.Errorf("%v, %v: want the makefile and the archive", files, err)
	}
	put(t, filepath.Join(out, "main.go"), curious(t, filepath.Join(out, "autograde.tar"),
		filepath.Join(out, "hidden.zip"), filepath.Join(out, "result.json")))
	text := runIn(t, out, nil, "make", "-sf", "autograde-Makefile")
	tells(t, "the output", text)
	if !strings.HasSuffix(text, "\n{\"scores\":{\"00-setup\":3}}\n") {
		t.Errorf("the score is another:\n%s", text)
	}
}

// TestExportHiddenPrairieLearn runs the entrypoint in a folder laid out as its own.
func TestExportHiddenPrairieLearn(t *testing.T) {
	out := exportedWith(t, "prairielearn", export.Options{Hidden: private, Feedback: result.FeedbackNone})
	top := t.TempDir()
	put(t, filepath.Join(top, "student", "main.go"), solution(t))
	env := []string{asStudent(t), "GRADE=" + top, "TREE=" + filepath.Join(out, "tree"),
		"COURSE=" + filepath.Join(out, "course"), "HIDDEN=" + filepath.Join(out, "hidden.zip")}
	printed := runIn(t, out, env, "./entrypoint.sh")
	data, err := os.ReadFile(filepath.Join(top, "results", "results.json"))
	if err != nil {
		t.Fatal(err)
	}
	tells(t, "results.json", string(data)+printed)
	if v := readJSON(t, filepath.Join(top, "results", "results.json")); v["score"] != 0.5 {
		t.Errorf("the score is %v", v["score"])
	}
}

// TestHiddenFromSight: the folder of --hidden is out of a program's sight.
func TestHiddenFromSight(t *testing.T) {
	if !process.Conceals() {
		t.Skip("this kernel has no Landlock, or it is not switched on")
	}
	dir, mine := copyCourse(t), t.TempDir()
	file := filepath.Join(mine, "00", "90-private.txtar")
	put(t, file, string(private[0].Text))
	put(t, filepath.Join(dir, "ada", "main.go"), curious(t, file))
	status, stdout, stderr := course(t, dir, "grade", "00", "--dir", "ada", "--hidden", mine)
	if status != 1 || !strings.Contains(stdout, "00-setup: 2 of 3") {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
}

// TestExportHiddenRefused: no engine gets hidden scenarios where others could read them, and
// scripts that cannot keep them give no mark.
func TestExportHiddenRefused(t *testing.T) {
	dir := copyCourse(t)
	mine := filepath.Join(t.TempDir(), "mine")
	put(t, filepath.Join(mine, "00", "90-private.txtar"), string(private[0].Text))
	for _, engine := range []string{"classroom50", "ci"} {
		status, _, stderr := course(t, dir, "export", engine, "00", "--out", "bundle", "--hidden", mine)
		if status != 2 || !strings.Contains(stderr, engine+" takes no hidden scenarios: ") {
			t.Errorf("%s: status %d\n%s", engine, status, stderr)
		}
		if _, err := os.Stat(filepath.Join(dir, "bundle")); err == nil {
			t.Errorf("%s: something was written", engine)
		}
	}
	out, top := exportedWith(t, "gradescope", export.Options{Hidden: private}), t.TempDir()
	alone := t.TempDir()
	if err := os.WriteFile(filepath.Join(alone, "id"), []byte("#!/bin/sh\necho 1000\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(out, "run_autograder"))
	cmd.Env = append(os.Environ(), "PATH="+alone+":"+os.Getenv("PATH"), "AUTOGRADER="+top,
		"TREE="+filepath.Join(out, "tree"))
	if text, err := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != 3 ||
		!strings.Contains(string(text), "hidden scenarios need") {
		t.Errorf("without another user: %v\n%s", err, text)
	}
	status, stdout, _ := course(t, dir, "grade", "00", "--dir", "solutions/00-setup", "--sandbox", "none",
		"--conceal", mine, "--format", "json")
	if status != cannot || !strings.Contains(stdout, "what --conceal names") {
		t.Errorf("without a fence: status %d\n%s", status, stdout)
	}
}

// TestExportCourse: each unit of a course file has a folder of its own, and its points.
func TestExportCourse(t *testing.T) {
	dir := copyCourse(t)
	put(t, filepath.Join(dir, "term.yaml"), "units: {00: {points: 5}, 02: {points: 10}}\n")
	f := exportFlags{out: filepath.Join(dir, "ci"), course: filepath.Join(dir, "term.yaml"),
		feedback: string(result.FeedbackNone)}
	t.Chdir(dir)
	if err := f.run("ci", nil); err != nil { // there the command is not compiled
		t.Fatal(err)
	}
	for _, unit := range []string{"00-setup", "02-echo-once"} {
		data, err := os.ReadFile(filepath.Join(dir, "ci", unit, ".gitlab-ci.yml"))
		if err != nil || !strings.Contains(string(data), "grade "+unit) ||
			!strings.Contains(string(data), "--feedback none") {
			t.Errorf("%s: %v\n%s", unit, err, data)
		}
	}
	put(t, f.course, "units: {00: {points: 5}}\n")
	if err := f.run("ci", []string{"02"}); err == nil || !strings.Contains(err.Error(), "not a unit of this course") {
		t.Errorf("a unit that does not count: %v", err)
	}
	f.course = ""
	if err := f.run("ci", nil); err == nil || !strings.Contains(err.Error(), "needs a UNIT") {
		t.Errorf("no unit: %v", err)
	}
}

// TestHiddenOfAnAuthor: what check and soak say of an author's own scenarios.
func TestHiddenOfAnAuthor(t *testing.T) {
	dir, mine := copyCourse(t), t.TempDir()
	put(t, filepath.Join(mine, "00", "91-later.txtar"), string(private[1].Text))
	says(t, dir, 0, "check --hidden "+mine, "00-setup/91-later: ",
		" right programs pass it, and it catches 1 of 2 wrong ones\n  sprocket (wrong-bytes)\n")
	says(t, dir, 0, "soak 00 -n 2 --hidden "+mine, " pairs of a right program and a hidden scenario, 0 wrong")
	put(t, filepath.Join(mine, "00", "90-private.txtar"), string(private[0].Text))
	says(t, dir, 1, "check 00 --hidden "+mine, "00-setup/90-private: 0 of ", "it catches 2 of 2 wrong ones",
		"it is right, and 90-private ends with wrong-bytes")
	says(t, dir, 1, "soak 00 -n 1 --hidden "+mine, "WRONG solution solutions/00-setup", "must pass, but 90-private")
}
