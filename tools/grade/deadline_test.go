package grade

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"loopback/tools/engine/result"
)

// When the deadline of the whole has passed there is a result, which is no mark.
func TestDeadline(t *testing.T) {
	u := tinyUnit(t, "# timeout 1h\nserve\ndial A\nsend A 'hi\\n'\nrecv A 'hi\\n'", "serve")
	r, err := GradeCommand(t.Context(), u, []string{self(t), tinyPrefix + "late", "x"},
		Options{Deadline: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if r.Status != result.CouldNotGrade || r.Reason == "" || !slices.Contains(r.Flags, "deadline") || r.Score != 0 {
		t.Errorf("got %s, %q, %q, %d points", r.Status, r.Reason, r.Flags, r.Score)
	}
}

// A scenario is what it was when the unit was read, whatever becomes of its file.
func TestScenariosAreReadOnce(t *testing.T) {
	u := tinyUnit(t, "serve\ndial A\nsend A 'hi\\n'\nrecv A 'hi\\n'")
	before := result.New(u, nil).Course
	file := filepath.Join(u.Root, u.Scenarios[0].File)
	if err := os.WriteFile(file, []byte("# A rule.\nno such command\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := GradeCommand(t.Context(), u, []string{self(t), tinyPrefix + "echo"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !r.AllPass() || r.Course != before {
		t.Errorf("%s", r.Text())
	}
}

func self(t *testing.T) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return exe
}
