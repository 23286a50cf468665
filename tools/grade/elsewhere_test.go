package grade

import (
	"errors"
	"path/filepath"
	"testing"

	"loopback/tools/base/trial"
	"loopback/tools/engine/build"
	"loopback/tools/engine/scenario"
)

// A program for another system is no failure and no pass: it cannot be graded.
func TestProgramForAnotherSystem(t *testing.T) {
	root := trial.Course(t, map[string]string{"01-tiny/01-one.txtar": "# A rule.\nserve\n"})
	trial.Write(t, filepath.Join(root, "program/main.go"), "//go:build plan9\n\npackage main\n\nfunc main() {}\n")
	trial.Write(t, filepath.Join(root, "program/unsupported.go"),
		"//go:build !plan9\n\npackage main\n\nfunc main() {}\n")
	u, err := scenario.LoadUnit(root, "01-tiny")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := GradeFolder(t.Context(), u, filepath.Join(root, "program"), false,
		Options{}); !errors.Is(err, build.ErrElsewhere) {
		t.Errorf("got %v, want %v", err, build.ErrElsewhere)
	}
}

// Under go test an exercise that cannot be done here does not end with "ok".
func testElsewhere(t *testing.T, m *mirror) {
	out, ok := m.goTest(t, m.overlay(t, once, map[string]string{
		"main.go":        "//go:build plan9\n\n" + m.read(t, "exercises/"+once+"/main.go"),
		"unsupported.go": "//go:build !plan9\n\npackage main\n\nfunc main() {}\n",
	}), "./exercises/"+once)
	if ok {
		t.Errorf("go test is content:\n%s", out)
	}
	must(t, out, once+" cannot be done on", "what works where")
}
