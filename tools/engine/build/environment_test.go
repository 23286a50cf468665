package build

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"loopback/tools/base/trial"
	"loopback/tools/engine/scenario"
)

// Only a complaint about the program's own lines is a compile error.
func TestBuildFault(t *testing.T) {
	files := []string{"/somewhere/main.go", "/given/poller.go"}
	for _, tt := range []struct {
		output string
		own    bool   // the program's fault
		want   string // of the error
	}{
		{"# command-line-arguments\n../x/main.go:4:2: undefined: lgo\n", true, "undefined: lgo"},
		{"# command-line-arguments\ngiven/poller.go:4:2: undefined: server\n", true, "undefined: server"},
		{"main.go:5:2: package nosuch is not in std\n", true, "not in std"},
		{"main.go:5:2: no required module provides package example.com/x; to add it:\n\tgo get example.com/x\n", true,
			`import "example.com/x": only the standard library`},
		{"runtime.main_main·f: function main is undeclared in the main package\n", true, "main is undeclared"},
		{"go: downloading golang.org/x/sys v0.1.0\nmain.go:9:2: golang.org/x/sys@v0.1.0: module lookup disabled by " +
			"GOPROXY=off\n", false, "x/sys@v0.1.0"},
		{"main.go:9:2: golang.org/x/sys@v0.1.0: Get \"https://proxy.golang.org/x\": dial tcp: lookup failed\n", false,
			"dial tcp"},
		{"go: downloading golang.org/x/sys v0.1.0\nmain.go:9:2: mkdir /home/a/go/pkg/cache: read-only file system\n",
			false, "read-only file system; fetch the modules of the course"},
		{"main.go:9:2: open /home/a/go/pkg/mod/cache/lock: permission denied\n", false, "permission denied"},
		{"# runtime/cgo\ncgo: C compiler \"gcc\" not found: exec: \"gcc\": executable file not found in $PATH\n", false,
			"C compiler"},
		{"go: -race is not supported on linux/386\n", false, "-race is not supported"},
		{"# command-line-arguments\n/usr/lib/go/pkg/tool/link: write: no space left on device\n", false,
			"no space left on device; make room"},
		{"go: error obtaining buildID for go tool compile: fork/exec /usr/lib/go/compile: too many open files\n", false,
			"; allow more open files"},
		{"runtime: failed to create new OS thread (have 3 already; errno=11)\n", false, "; allow more processes"},
		{"runtime: failed to create new OS thread (have 5 already; errno=11)\nfatal error: newosproc\n\nmain.main()\n" +
			"\tcmd/go/main.go:212 +0x165 fp=0x2d7ab37fe28\n", false, "; allow more processes"},
		{"build cache is required, but could not be located: GOCACHE is not defined\n", false,
			"; set the variable HOME"},
		{"/usr/lib/go/src/net/net.go:1:1: input/output error\n", false, "input/output"},
	} {
		err := buildFault("dir", tt.output, files)
		if _, own := AsError(err); own != tt.own || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: own %v, want %v: %v", tt.output, own, tt.own, err)
		}
	}
}

// A program is built for this system, from the course's modules, whatever the
// environment says.
func TestBuildEnvironment(t *testing.T) {
	root := trial.Course(t, nil)
	for _, env := range []string{"GOOS=plan9", "GOARCH=arm", "GO111MODULE=off", "GOFLAGS=-mod=vendor",
		"GOFLAGS=-mod=mod", "GOWORK=/none", "GOEXPERIMENT=none"} {
		name, value, _ := strings.Cut(env, "=")
		t.Run(env, func(t *testing.T) {
			dir := t.TempDir()
			trial.Write(t, filepath.Join(dir, "main.go"), "package main\n\nfunc main() { println(`"+env+"`) }\n")
			t.Setenv(name, value)
			exe, err := Alone(t.Context(), root, dir, false)
			if err != nil {
				t.Fatal(err)
			}
			if out, err := exec.CommandContext(t.Context(), exe).CombinedOutput(); err != nil ||
				strings.TrimSpace(string(out)) != env {
				t.Errorf("%q, %v", out, err)
			}
		})
	}
}

// A link is followed in the learner's own exercise, and named elsewhere.
func TestLinks(t *testing.T) {
	root := trial.Course(t, map[string]string{"01-tiny/01-one.txtar": "# A rule.\nserve\n"})
	u, err := scenario.LoadUnit(root, "01-tiny")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "kept.go")
	trial.Write(t, file, "package main\n\nfunc main() {}\n")
	own, other := filepath.Join(root, "exercises", "01-tiny"), t.TempDir()
	for _, dir := range []string{own, other} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(file, filepath.Join(dir, "main.go")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Program(t.Context(), u, own, false); err != nil {
		t.Errorf("in the exercise: %v", err)
	}
	if _, err := Program(t.Context(), u, other, false); !errors.Is(err, ErrLink) ||
		!strings.Contains(err.Error(), "main.go is a symbolic link") {
		t.Errorf("elsewhere: %v", err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := Program(t.Context(), u, own, false); err == nil || !strings.Contains(err.Error(), "leads to no file") {
		t.Errorf("a link to nothing: %v", err)
	}
}

// Without a C compiler the detector is what is missing.
func TestDetector(t *testing.T) {
	root := trial.Course(t, nil)
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if err := os.Symlink(goTool, filepath.Join(bin, "go")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	t.Setenv("CC", "")
	dir := t.TempDir()
	trial.Write(t, filepath.Join(dir, "main.go"), "package main\n\nfunc main() { println(1) }\n")
	if err := Detector(t.Context(), root); !errors.Is(err, ErrNoDetector) {
		t.Errorf("%v", err)
	}
	if _, err := Alone(t.Context(), root, dir, true); !errors.Is(err, ErrNoDetector) {
		t.Errorf("a build: %v", err)
	}
}

// A submission cannot bring it about that it is not graded: what keeps it from being
// built is its own, whatever the compiler says, where other programs can be built.
func TestCannotChoose(t *testing.T) {
	root := trial.Course(t, nil)
	const tooDeep = "//go:nosplit\nfunc f(n int) int {\n\tvar a [400]byte\n\ta[n%400] = 1\n\tif n > 1 {\n\t\treturn " +
		"f(n-1) + int(a[0])\n\t}\n\treturn 0\n}\n\nfunc main() { println(f(3)) }\n"
	errors := strings.Repeat("var _ int = \"x\"\nfunc {}\n", 12)
	const end = "\nfunc main() {}\n"
	for name, text := range map[string]string{
		"what the linker finds":            "package main\n\n" + tooDeep,
		"words in an import":               "package main\n\nimport _ \"module lookup disabled\"\n" + end,
		"a version in an import":           "package main\n\nimport _ \"x@v1.0.0\"\n" + end,
		"words in a constant":              "package main\n\nvar _ int = \"module lookup disabled\"\n" + end,
		"words of a C compiler":            "package main\n\nimport _ \"C compiler\"\n" + end,
		"lines of another file":            "package main\n\n//line /etc/passwd:1\nno go\n" + end,
		"lines of another file, elsewhere": "package main\n\nvar _ = /*line /etc/passwd:1:1*/ none\n" + end,
		"lines behind many errors":         "package main\n\n" + errors + "//line /etc/passwd:1\nno go\n" + end,
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			trial.Write(t, filepath.Join(folder, "main.go"), text)
			_, err := Alone(t.Context(), root, folder, false)
			if refused, ok := AsError(err); !ok || strings.Contains(refused.Output, "passwd") {
				t.Errorf("%v", err)
			}
		})
	}
}

// Where nothing can be built, or a module is missing, the machine is to blame.
func TestMachines(t *testing.T) {
	root := trial.Course(t, nil)
	file := filepath.Join(t.TempDir(), "main.go")
	trial.Write(t, file, "package main\n\nimport _ \"example.com/none/here\"\n")
	files := []string{file}
	if isMachines(t.Context(), root, "main.f: nosplit stack over", files, false, false) {
		t.Error("another program can be built, and yet the machine is to blame")
	}
	if !isMachines(t.Context(), root, "link: write: no space left on device", files, false, false) {
		t.Error("the disk is full, and yet the program is to blame")
	}
	trial.Write(t, filepath.Join(root, "go.mod"),
		"module course\n\ngo 1.26.0\n\nrequire example.com/none v1.0.0\n")
	t.Setenv("GOPROXY", "off")
	const missing = "main.go:3:8: example.com/none@v1.0.0: module lookup disabled"
	if !isMachines(t.Context(), root, missing, files, false, false) {
		t.Error("a module of the course is missing, and yet the program is to blame")
	}
	trial.Write(t, filepath.Join(root, "go.mod"), "no module\n")
	if !isMachines(t.Context(), root, "go: errors parsing go.mod", nil, false, false) {
		t.Error("nothing can be built, and yet the program is to blame")
	}
}
