package build

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/kballard/go-shellquote"
)

// buildEnv is the environment of the Go compiler: that of the caller, but for
// the variables that decide for which system, in which mode and from which
// modules is built. A program is built for this system, as the course is.
func buildEnv(race bool, work string) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains(notInherited, strings.ToUpper(name))
	})
	cgo := "CGO_ENABLED=0"
	if race {
		cgo = "CGO_ENABLED=1"
	}
	return append(env, cgo, "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH, "GO111MODULE=on", "GOWORK=off",
		"GOFLAGS=-mod=readonly", "GOTMPDIR="+work)
}

var notInherited = []string{
	"CGO_ENABLED", "GOOS", "GOARCH", "GO386", "GOAMD64", "GOARM", "GOARM64", "GOMIPS", "GOMIPS64", "GOPPC64",
	"GORISCV64", "GO111MODULE", "GOWORK", "GOFLAGS", "GOEXPERIMENT", "GOFIPS140", "GOTMPDIR",
}

// Detector returns an [ErrNoDetector] where the Go compiler finds no C compiler.
func Detector(ctx context.Context, root string) error {
	cmd := exec.CommandContext(ctx, "go", "env", "CC")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("starting the Go compiler: %w%s", err, remedy(err.Error()))
	}
	words, err := shellquote.Split(string(out))
	if err != nil || len(words) == 0 {
		return ErrNoDetector
	}
	if _, err := exec.LookPath(words[0]); err != nil && runtime.GOOS != "darwin" { // which needs none
		return fmt.Errorf("%w (%s)", ErrNoDetector, words[0])
	}
	return nil
}

// notFetched matches what is said, at the line of an import, of a module that
// the course needs and that could not be brought here.
var notFetched = regexp.MustCompile(
	`\.go:\d+:\d+: \S+@v\S+: |module lookup disabled|: Get "http|missing go\.sum entry|errors parsing go\.mod|` +
		`\.go:\d+:\d+: (mkdir|open|stat|rename|lstat) \S+: `) // of the folder for modules

// placed matches what follows a file's name in a compiler's message.
var placed = regexp.MustCompile(`^\d+(:\d+)?: `)

// buildFault returns what go build's complaint comes to. Only one that names a
// line of the program's files, or misses its main function, is about the
// program. (The go command that crashes, for lack of threads for example, shows its
// own stack, which has a main.go as well: "main.go:12 +0x165", and no message after it.)
func buildFault(folder, output string, files []string) error {
	isOfProgram := func(line string) bool {
		if strings.Contains(line, "function main is undeclared in the main package") {
			return true
		}
		name, rest, _ := strings.Cut(line, ".go:")
		return placed.MatchString(rest) && slices.ContainsFunc(files,
			func(f string) bool { return filepath.Base(f) == filepath.Base(name)+".go" })
	}
	lines := strings.Split(output, "\n")
	if slices.ContainsFunc(lines, isOfProgram) && !notFetched.MatchString(output) {
		return &Error{Folder: folder, Output: shorten(output)}
	}
	if strings.Contains(output, "C compiler") {
		return fmt.Errorf("%w: install gcc or clang, or grade without -race", ErrNoDetector)
	}
	return fmt.Errorf("go build fails here, whatever the program is: %s%s", gist(lines), remedy(output))
}

// gist returns the first line of a complaint that says something.
func gist(lines []string) string {
	for _, line := range lines {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "# ") && !strings.HasPrefix(line, "go: downloading ") {
			return line
		}
	}
	return "it says nothing"
}
