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

// elsewhereUnit is one that cannot be done on any system of the tests.
const elsewhereUnit = "99-elsewhere"

// writeElsewhere adds it to a mirror.
func writeElsewhere(t *testing.T, m *mirror) {
	const unit = elsewhereUnit
	m.write(t, "testdata/"+unit+"/01-one.txtar", "# A rule.\nserve\n")
	m.write(t, "exercises/"+unit+"/grade_test.go", m.read(t, "exercises/"+once+"/grade_test.go"))
	m.write(t, "exercises/"+unit+"/main.go", "//go:build plan9\n\npackage main\n\nfunc main() {}\n")
	m.write(t, "exercises/"+unit+"/unsupported.go", "//go:build !plan9\n\npackage main\n\nfunc main() {}\n")
}

// Under go test an exercise that cannot be done here does not end with "ok".
func testElsewhere(t *testing.T, m *mirror) {
	out, ok := m.goTest(t, "./exercises/"+elsewhereUnit)
	if ok {
		t.Errorf("go test is content:\n%s", out)
	}
	must(t, out, elsewhereUnit+" cannot be done on", "what works where")
}
