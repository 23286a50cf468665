package build

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"loopback/tools/base/disk"
	"loopback/tools/engine/scenario"
)

// A BuildError is what the compiler, or the look at the files before it, says
// about a folder that cannot be built.
type Error struct {
	Folder string
	Output string // what the compiler printed
	Why    error  // what kind of fault it is, such as an ErrLink; may be nil
}

func (e *Error) Unwrap() error { return e.Why }

func (e *Error) Error() string {
	first, _, _ := strings.Cut(strings.TrimSpace(e.Output), "\n")
	return fmt.Sprintf("%s does not build: %s", e.Folder, first)
}

// AsError unwraps a [*BuildError].
func AsError(err error) (*Error, bool) {
	var b *Error
	ok := errors.As(err, &b)
	return b, ok
}

// ErrElsewhere is returned for a folder whose main.go has a build constraint
// that this system does not satisfy: the program cannot be graded here.
var ErrElsewhere = errors.New("the build constraint of this program excludes this system")

// ErrNoDetector is returned where a program cannot be built with the race
// detector.
var ErrNoDetector = errors.New("the race detector needs a C compiler, and there is none here")

// ErrLink is returned for a folder that was handed in and holds a symbolic link
// in the place of a Go file. It could lead to any file of the grader's.
var ErrLink = errors.New("is a symbolic link, which is not followed in a folder outside of exercises: " +
	"put the file itself there")

// TooMuch is said of a program for which the compiler went over a bound.
const TooMuch = "the compiler needs more memory or time for this program than any program of the course does, " +
	"and was ended"

// buildBound is how long one build may take before it is given up.
const buildBound = 10 * time.Minute

// Alone compiles the program in folder, which may lie anywhere and is complete
// in itself, with the course's own go.mod, and returns the path of the
// executable. Executables are kept, keyed by the content of the folder, so that
// what did not change is not linked again. It returns a [*BuildError] when the
// program cannot be built; any other error is not the program's fault.
//
// Nothing of the folder is run, and only its .go files are read: no go.mod, no
// vendor folder, no cgo.
func Alone(ctx context.Context, root, folder string, race bool) (string, error) {
	return built(ctx, &scenario.Unit{Root: root}, folder, nil, race)
}

// Program compiles the program in folder, and with it the files that the unit
// gives beside it: see [Given]. All else is as for [Alone].
func Program(ctx context.Context, u *scenario.Unit, folder string, race bool) (string, error) {
	given, err := Given(u, folder)
	if err != nil {
		return "", err
	}
	return built(ctx, u, folder, given, race)
}

func built(ctx context.Context, u *scenario.Unit, folder string, given []string, race bool) (string, error) {
	files, err := sources(folder, u.IsOwn(folder))
	if err != nil {
		return "", err
	}
	out, err := cached(u.Root, append(slices.Clone(files), given...), race)
	if err != nil {
		return "", err
	}
	if disk.IsFile(out) {
		touch(out)
		return out, nil
	}
	return out, compile(ctx, u.Root, folder, files, given, out, race)
}

// Files returns all Go files of the program in folder, the given ones included.
func Files(u *scenario.Unit, folder string) ([]string, error) {
	own, err := sources(folder, u.IsOwn(folder))
	if err != nil {
		return nil, err
	}
	given, err := Given(u, folder)
	return append(own, given...), err
}

// builds counts builds, so that two of the same program do not meet.
var builds atomic.Int64

func compile(
	ctx context.Context, root, folder string, files, given []string, out string, race bool,
) error {
	return compileWith(ctx, root, folder, files, given, out, race, false)
}

// compileWith is compile, with bounds on what the compiler may take where they are
// asked for.
func compileWith(
	ctx context.Context, root, folder string, files, given []string, out string, race, bound bool,
) error {
	tmp := fmt.Sprintf("%s.%d.%d.tmp", out, os.Getpid(), builds.Add(1))
	defer os.Remove(tmp)
	work, err := os.MkdirTemp("", "loopback-build-") // a build that is called off cannot tidy up
	if err != nil {
		return err
	}
	defer disk.RemoveAll(work)
	ctx, cancel := context.WithTimeout(ctx, buildBound)
	defer cancel()
	// Stacks need neither the symbol table nor DWARF, and without them a program is linked sooner.
	args := []string{"build", "-ldflags=-s -w", "-o", tmp}
	if len(given) > 0 {
		var overlay Overlay
		seen, err := overlay.Add(folder, given)
		if err != nil {
			return err
		}
		file, err := overlay.Write(work)
		if err != nil {
			return err
		}
		args, files = append(args, "-overlay", file), append(slices.Clone(files), seen...)
	}
	if race {
		args = append(args, "-race")
	}
	cmd := exec.CommandContext(ctx, "go", append(args, files...)...)
	cmd.Dir = root
	inGroup(cmd) // the compiler and the linker end with it
	if bound {
		bounded(cmd)
	}
	cmd.Env = buildEnv(race, work)
	output, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return fmt.Errorf("building %s: %w", folder, ctx.Err())
	}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		if _, own, _ := strings.Cut(string(output), "# "+program+"\n"); bound && overBound(own) {
			return &Error{Folder: folder, Output: TooMuch}
		}
		fault := buildFault(folder, string(output), files)
		if _, own := AsError(fault); !own && !isMachines(ctx, root, string(output), files, race, bound) {
			return &Error{Folder: folder, Output: shorten(string(output))}
		}
		return fault
	}
	if err != nil {
		return fmt.Errorf("starting the Go compiler: %w%s", err, remedy(err.Error()))
	}
	return os.Rename(tmp, out)
}

// shorten removes the compiler's package line and makes file names relative to
// the folder that was given.
func shorten(output string) string {
	var b strings.Builder
	for line := range strings.Lines(output) {
		if strings.HasPrefix(line, "# ") || strings.HasPrefix(line, "\tgo get ") {
			continue
		}
		if i := strings.Index(line, ".go:"); i > 0 {
			line = filepath.Base(line[:i]) + line[i:]
		}
		b.WriteString(plainly(line))
	}
	return b.String()
}

// lookup matches what the go command says of a package that it would have to fetch.
var lookup = regexp.MustCompile(`(?:cannot find module providing|no required module provides) package ([^\s:;]+).*`)

// plainly says in the course's words what the go command says to those who may change go.mod,
// or write assembly.
func plainly(line string) string {
	line = lookup.ReplaceAllString(line, `import "$1": only the standard library and the modules in the course's `+
		`go.mod can be imported`)
	return strings.Replace(line, "missing function body", "missing function body (a program of this course is Go "+
		"alone: assembly is not taken)", 1)
}

// below says where there are Go files, when they are not in the folder itself.
func below(folder string, entries []os.DirEntry) string {
	for _, e := range entries {
		if files, _ := GoFiles(filepath.Join(folder, e.Name())); e.IsDir() && len(files) > 0 {
			return fmt.Sprintf(", but there is in %q below it: give that folder", e.Name())
		}
	}
	return ""
}

// sources returns the Go files of folder that make up the program on this
// system, or an [ErrElsewhere]. Links are followed in the learner's own folder
// alone, as go build does.
func sources(folder string, links bool) ([]string, error) {
	abs, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(abs)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		name := e.Name()
		if !IsGoFile(name) {
			continue
		}
		if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
			// It would stand in the compiler's words, and begin a line of its own there.
			return nil, &Error{Folder: folder, Output: fmt.Sprintf("%q: the name of a file has a character that "+
				"cannot be printed", name)}
		}
		if e.Type()&os.ModeSymlink != 0 && !links {
			return nil, &Error{Folder: folder, Output: fmt.Sprintf("%s %v", name, ErrLink), Why: ErrLink}
		}
		if !disk.IsFile(filepath.Join(abs, name)) {
			if e.Type()&os.ModeSymlink != 0 {
				return nil, &Error{Folder: folder, Output: name + ": a symbolic link that leads to no file"}
			}
			continue
		}
		// go build takes files that are named one by one whatever their build
		// constraints say. An error here is one that the compiler will tell.
		if !buildsHere(filepath.Join(abs, name)) {
			if name == "main.go" {
				return nil, fmt.Errorf("%s: %w (%s)", filepath.Join(folder, name), ErrElsewhere, runtime.GOOS)
			}
			continue
		}
		files = append(files, filepath.Join(abs, name))
	}
	if len(files) == 0 {
		return nil, &Error{Folder: folder, Output: "there is no .go file in it" + below(abs, entries)}
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		names := token.NewFileSet()
		if file, err := parser.ParseFile(names, f, data, parser.PackageClauseOnly); err == nil &&
			file.Name.Name != "main" {
			at := names.Position(file.Name.Pos())
			return nil, &Error{Folder: folder,
				Output: fmt.Sprintf("%s:%d:%d: package %s: only package main can be run as a program",
					filepath.Base(f), at.Line, at.Column, file.Name.Name)}
		}
		if what := forbidden(f, data); what != "" {
			return nil, &Error{Folder: folder, Output: what}
		}
	}
	return files, nil
}

// cached returns where the executable built from files is kept.
func cached(root string, files []string, race bool) (string, error) {
	h := sha256.New()
	fmt.Fprintln(h, runtime.Version(), runtime.GOOS, runtime.GOARCH, race, len(files))
	for _, f := range append(slices.Clone(files), filepath.Join(root, "go.mod")) {
		data, err := os.ReadFile(f)
		if err != nil {
			return "", err
		}
		fmt.Fprintln(h, filepath.Base(f), len(data))
		h.Write(data)
	}
	dir := programDir()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	name := fmt.Sprintf("%x", h.Sum(nil)[:12])
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(dir, name), nil
}

// programDir is where executables are kept between runs: the user's cache
// folder, or the temporary one where there is none or it cannot be written.
func programDir() string {
	if base, err := os.UserCacheDir(); err == nil {
		dir := filepath.Join(base, "loopback", "programs")
		if err := os.MkdirAll(dir, 0o755); err == nil && writable(dir) {
			return dir
		}
	}
	return filepath.Join(os.TempDir(), "loopback-programs")
}

func writable(dir string) bool {
	f, err := os.CreateTemp(dir, "probe")
	if err != nil {
		return false
	}
	f.Close()
	return os.Remove(f.Name()) == nil
}

// keepFor is how long an executable that nobody used is kept.
const keepFor = 7 * 24 * time.Hour

// Prune removes executables that were not used for a week.
func Prune() {
	dir := programDir()
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if fi, err := e.Info(); err == nil && time.Since(fi.ModTime()) > keepFor {
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}

// touch marks the file as used now; that it fails costs one build later.
func touch(path string) {
	now := time.Now()
	os.Chtimes(path, now, now)
}
