package wine

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"loopback/tools/base/tree"
	"loopback/tools/engine/result"
)

// A bottle is a Wine with a disk of its own, and the command of the course in it.
type bottle struct {
	root, dir, wine, course, overlay string
	env                              []string
}

// perGrading is how long one grading may take, whatever happens in it.
const perGrading = 10 * time.Minute

// newBottle makes one that is gone after the test.
func newBottle(t *testing.T) *bottle {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	b := &bottle{dir: t.TempDir(), wine: program(t, "wine64"), overlay: lend(t, true)}
	if b.root, err = tree.Root(here); err != nil {
		t.Fatal(err)
	}
	b.course = filepath.Join(b.dir, "course.exe")
	b.env = append(os.Environ(), "WINEPREFIX="+filepath.Join(b.dir, "prefix"), "WINEDEBUG=-all", "DISPLAY=",
		"WINEDLLOVERRIDES=mscoree,mshtml=") // it must not ask for what it could fetch
	t.Cleanup(func() {
		for _, what := range []string{"-k", "-w"} { // end what runs in this prefix, and wait for the end
			cmd := exec.Command(program(t, "wineserver"), what)
			cmd.Env = b.env
			cmd.Run()
		}
	})
	if _, err := b.run(t.Context(), "wineboot", "-i"); err != nil {
		t.Fatal("making a disk for Wine: ", err)
	}
	if err := b.build(t.Context(), b.course, "./tools/course", b.overlay); err != nil {
		t.Fatal(err)
	}
	return b
}

// program finds a program of Wine: where Debian puts it, when it is not in PATH.
func program(t *testing.T, name string) string {
	t.Helper()
	for _, place := range []string{name, "/usr/lib/wine/" + name, "/usr/lib/wine/" + name + "64"} {
		if path, err := exec.LookPath(place); err == nil {
			return path
		}
	}
	t.Fatalf("there is no %s: apt-get install wine64", name)
	return ""
}

// build compiles a program for Windows.
func (b *bottle) build(ctx context.Context, exe, folder, overlay string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-overlay", overlay, "-o", exe, folder)
	cmd.Dir = b.root
	cmd.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %v\n%s", folder, err, out)
	}
	return nil
}

// run runs a program of Windows to its end.
func (b *bottle) run(ctx context.Context, exe string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, perGrading)
	defer cancel()
	cmd := exec.CommandContext(ctx, b.wine, append([]string{exe}, args...)...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = b.root, b.env, time.Minute
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// grade grades an executable by one scenario of a unit, or by all when only is "".
func (b *bottle) grade(t *testing.T, unit, exe, only string, seed int) (*result.Result, error) {
	out := exe + fmt.Sprintf(".%d.json", seed)
	args := []string{"grade", unit, "--exec", "Z:" + exe, "--format", "json", "--out", "Z:" + out,
		"--seed", fmt.Sprint(seed)}
	if only != "" {
		args = append(args, "--only", only)
	}
	said, err := b.run(t.Context(), b.course, args...)
	data, readErr := os.ReadFile(out)
	if readErr != nil {
		return nil, fmt.Errorf("%v\n%s", err, said)
	}
	var r result.Result
	return &r, json.Unmarshal(data, &r)
}
