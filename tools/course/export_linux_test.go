package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"loopback/tools/class/export"
	"loopback/tools/engine/scenario"
)

// exported writes what an engine needs for the unit 00-setup. The command in it
// is this test binary.
func exported(t *testing.T, engine string) (out string) {
	t.Helper()
	return exportedWith(t, engine, export.Options{})
}

// exportedWith does that with what o asks for.
func exportedWith(t *testing.T, engine string, o export.Options) (out string) {
	t.Helper()
	root := copyCourse(t)
	u, err := scenario.LoadUnit(root, "00-setup")
	if err != nil {
		t.Fatal(err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out = t.TempDir()
	command := fmt.Sprintf("#!/bin/sh\n%s=1 exec '%s' \"$@\"\n", asCourse, exe)
	o.Unit, o.Out = u, out
	o.Build = func(to string) error { return os.WriteFile(to, []byte(command), 0o755) }
	if _, err = export.Write(engine, o); err != nil {
		t.Fatal(err)
	}
	main, err := filepath.Glob(filepath.Join(out, "tree", "solutions", "*", "main.go"))
	if err != nil || len(main) > 0 {
		t.Errorf("the solution goes with it: %v, %v", main, err)
	}
	return out
}

// solution returns the reference of the unit 00-setup.
func solution(t *testing.T) string {
	t.Helper()
	from, err := root()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(from, "solutions", "00-setup", "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// runIn runs a command in dir, which must succeed.
func runIn(t *testing.T, dir string, env []string, argv ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", argv, err, out)
	}
	return string(out)
}

// readJSON reads a file into a map.
func readJSON(t *testing.T, file string) (v map[string]any) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestExportGradescope runs what Gradescope would run, in a folder laid out as
// its own.
func TestExportGradescope(t *testing.T) {
	out := exported(t, "gradescope")
	if _, err := os.Stat(filepath.Join(out, "autograder.zip")); err != nil {
		t.Error(err)
	}
	runIn(t, out, nil, "bash", "-n", "setup.sh")
	top := t.TempDir()
	put(t, filepath.Join(top, "submission", "main.go"), solution(t))
	if err := os.Mkdir(filepath.Join(top, "results"), 0o755); err != nil {
		t.Fatal(err)
	}
	env := []string{"AUTOGRADER=" + top, "TREE=" + filepath.Join(out, "tree"), "COURSE=" + filepath.Join(out, "course")}
	runIn(t, out, env, "./run_autograder")
	v := readJSON(t, filepath.Join(top, "results", "results.json"))
	if tests, _ := v["tests"].([]any); v["score"] != 2.0 || len(tests) < 2 {
		t.Errorf("results.json: %v", v)
	}
}

// TestExportClassroom50 runs the autograder in a repository, as its runner does.
func TestExportClassroom50(t *testing.T) {
	out, repo := exported(t, "classroom50"), t.TempDir()
	put(t, filepath.Join(repo, "main.go"), solution(t))
	git := []string{"git", "-c", "user.name=t", "-c", "user.email=t@example.org"}
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"commit", "-qm", "mine"}} {
		runIn(t, repo, nil, append(git[:len(git):len(git)], args...)...)
	}
	env := []string{"CLASSROOM=net", "ASSIGNMENT=setup", "ASSIGNMENT_TYPE=individual", "OWNER=ada",
		"SUBMISSION_TAG=submit/1", "COMMIT_URL=https://x/1", "RELEASE_URL=https://x/2", "REVIEW_URL=https://x/3"}
	runIn(t, repo, env, "python3", filepath.Join(out, "autograder.py"))
	if v := readJSON(t, filepath.Join(repo, "result.json")); v["score"] != 2.0 || v["owner"] != "ada" {
		t.Errorf("result.json: %v", v)
	}
	if _, err := os.Stat(filepath.Join(repo, "release-body.md")); err != nil {
		t.Error(err)
	}
}

// TestExportAutolab runs the makefile's commands: the last line is the score.
func TestExportAutolab(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip(err)
	}
	out := exported(t, "autolab")
	put(t, filepath.Join(out, "main.go"), solution(t))
	lines := strings.Split(strings.TrimSpace(runIn(t, out, nil, "make", "-sf", "autograde-Makefile")), "\n")
	if last := lines[len(lines)-1]; last != `{"scores":{"00-setup":2}}` {
		t.Errorf("the last line is %s", last)
	}
}

// TestExportPrairieLearn runs the entrypoint in a folder laid out as its own.
func TestExportPrairieLearn(t *testing.T) {
	out, top := exported(t, "prairielearn"), t.TempDir()
	put(t, filepath.Join(top, "student", "main.go"), solution(t))
	env := []string{"GRADE=" + top, "TREE=" + filepath.Join(out, "tree"), "COURSE=" + filepath.Join(out, "course")}
	runIn(t, out, env, "./entrypoint.sh")
	if v := readJSON(t, filepath.Join(top, "results", "results.json")); v["score"] != 1.0 || v["gradable"] != true {
		t.Errorf("results.json: %v", v)
	}
	readJSON(t, filepath.Join(out, "info.json"))
}

// TestExportCI reads the workflows.
func TestExportCI(t *testing.T) {
	out := exported(t, "ci")
	for _, file := range []string{".github/workflows/grade.yml", ".gitlab-ci.yml"} {
		data, err := os.ReadFile(filepath.Join(out, file))
		if err != nil {
			t.Fatal(err)
		}
		var v map[string]any
		if err := yaml.Unmarshal(data, &v); err != nil || v["grade"] == nil && v["jobs"] == nil {
			t.Errorf("%s: %v, %v", file, err, v)
		}
	}
}
