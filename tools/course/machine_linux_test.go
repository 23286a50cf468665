package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// with runs the command with more in its environment.
func with(t *testing.T, dir string, env []string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, args...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), asCourse+"=1"), env...)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// onlyGo returns a PATH on which there is the go command, and no C compiler.
func onlyGo(t *testing.T) string {
	t.Helper()
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if err := os.Symlink(tool, filepath.Join(bin, "go")); err != nil {
		t.Fatal(err)
	}
	return "PATH=" + bin
}

// What the machine lacks is told in a line, and is never a mark.
func TestMachine(t *testing.T) {
	t.Parallel()
	dir := copyCourse(t)
	for _, c := range []struct{ name, env, args, line string }{
		{"no C compiler", onlyGo(t), "grade 00 --race --dir solutions/00-setup",
			"the race detector needs a C compiler"},
		{"no go command", "PATH=/none", "grade 00 --dir testdata/00-setup/wrong/sprocket", "starting the Go compiler"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			env := []string{c.env, "XDG_CACHE_HOME=" + t.TempDir()} // with nothing that was built before
			status, stdout, stderr := with(t, dir, env, append(strings.Fields(c.args), "--format", "json")...)
			oneLine(t, status, 3, stderr, c.line)
			if !strings.Contains(stdout, `"status": "could_not_grade"`) {
				t.Errorf("standard output: %q", stdout)
			}
		})
	}
}

// Quotes in --exec mean what they mean to a shell, and the command that is
// proposed can be given to one.
func TestExecQuotes(t *testing.T) {
	t.Parallel()
	dir := copyCourse(t)
	folder := filepath.Join(t.TempDir(), "ada lovelace's")
	put(t, filepath.Join(folder, "run"), "#!/bin/sh\nexec \"$0.bin\" \"$@\"\n")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(folder, "run.bin"),
		"./testdata/00-setup/wrong/sprocket")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	status, stdout, stderr := course(t, dir, "grade", "00", "--exec", `sh "`+folder+`/run"`)
	_, again, _ := strings.Cut(stdout, "go run ./tools/course ")
	again, _, _ = strings.Cut(again, "\n")
	if status != 1 || !strings.Contains(stdout, "── 01-greeting ── wrong-bytes ") {
		t.Fatalf("status %d\n%s%s", status, stdout, stderr)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	shell := exec.CommandContext(t.Context(), "/bin/sh", "-c", exe+" "+again)
	shell.Dir = dir
	shell.Env = append(os.Environ(), asCourse+"=1")
	if out, _ := shell.CombinedOutput(); !strings.Contains(string(out), "── 01-greeting ── wrong-bytes ") {
		t.Errorf("%s\n%s", again, out)
	}
}

// An executable that the kernel refuses is nobody's failure.
func TestExecRefused(t *testing.T) {
	t.Parallel()
	dir := copyCourse(t)
	file := filepath.Join(dir, "other-system")
	put(t, file, "\x7fELF of another system")
	if err := os.Chmod(file, 0o755); err != nil {
		t.Fatal(err)
	}
	says(t, dir, 3, "grade 00 --exec ./other-system", "could not be started", "exec format error")
}

// Where the locale has no UTF-8, a report and the board are ASCII.
func TestASCII(t *testing.T) {
	t.Parallel()
	dir := copyCourse(t)
	for _, args := range [][]string{{"grade", "00", "--dir", "testdata/00-setup/wrong/sprocket"}, {},
		{"run", "00", "01", "--solution", "--timeline"}} {
		_, stdout, stderr := with(t, dir, []string{"LC_ALL=C"}, args...)
		if i := strings.IndexFunc(stdout+stderr, func(r rune) bool { return r > '~' }); i >= 0 || stdout == "" {
			t.Errorf("%q, byte %d:\n%s%s", args, i, stdout, stderr)
		}
	}
}
