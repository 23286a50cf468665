package grade

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"loopback/tools/base/trial"
	"loopback/tools/engine/process"
	"loopback/tools/engine/scenario"
)

// A grade that nobody wants any more ends at once, and so does the program,
// wherever the scenario was: here in a wait that would last half a minute.
func TestCancelledInAWait(t *testing.T) {
	u := tinyUnit(t, "# timeout 30s\nserve\ndial A\nsend A 'hi\\n'\nrecv A 'hi\\n'")
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(300*time.Millisecond, cancel) // somewhere in the middle; any place must do
	start := time.Now()
	if _, err := GradeCommand(ctx, u, []string{exe, tinyPrefix + "late", "x"}, Options{}); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); ctx.Err() == nil || took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	if left := process.Sweep(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// The key of a result changes with what the verdict comes from, and with
// nothing else.
func TestKey(t *testing.T) {
	clone := func() (*scenario.Unit, string) {
		root := trial.Course(t, map[string]string{"01-tiny/01-one.txtar": "# A rule.\nserve\n",
			"02-other/01-one.txtar": "# as 01-tiny/01-one\n"})
		trial.Write(t, filepath.Join(root, "exercises/02-other/main.go"), "package main\n")
		u, err := scenario.LoadUnit(root, "02-other")
		if err != nil {
			t.Fatal(err)
		}
		return u, filepath.Join(root, "exercises", "02-other")
	}
	key := func(u *scenario.Unit, folder, engine string) string {
		k, err := Key(u, folder, engine)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	u, folder := clone()
	first := key(u, folder, "1")
	if other, there := clone(); key(other, there, "1") != first {
		t.Error("a second clone has another key")
	}
	if key(u, folder, "2") == first {
		t.Error("another engine has the same key")
	}
	trial.Write(t, filepath.Join(u.Root, "exercises/02-other/main_test.go"), "package main\n")
	if key(u, folder, "1") != first {
		t.Error("a test file changes the key")
	}
	trial.Write(t, filepath.Join(u.Root, "testdata/01-tiny/01-one.txtar"), "# Another rule.\nserve\n")
	second := key(u, folder, "1")
	if second == first {
		t.Error("another scenario, which this one stands for, has the same key")
	}
	trial.Write(t, filepath.Join(u.Root, "exercises/02-other/main.go"), "package main\n\nfunc main() {}\n")
	if key(u, folder, "1") == second {
		t.Error("another program has the same key")
	}
}
