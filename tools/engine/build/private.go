package build

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"loopback/tools/base/disk"
	"loopback/tools/engine/scenario"
)

// A Once is a program that was built for one grading, in a folder of that grading
// alone: no other submission has its executable, and nothing of it is kept.
type Once struct {
	Exe   string
	Files []string // copies of the Go files that it was made from, the given ones among them
	Left  []string // what else lies in the folder that was handed in, and was not taken
	dir   string
}

// Close removes what was built.
func (o *Once) Close() { disk.RemoveAll(o.dir) }

// What a submission may hold. The programs of the course have some hundred lines.
const (
	mostFiles = 50
	mostBytes = 1 << 20 // in one file
)

// Private compiles the program in folder as [Program] does, from copies that are
// made first, and keeps nothing. What the program itself has brought about, such as
// a build constraint that leaves no file, is an [*Error]: a submission cannot choose
// that it is not graded. The Once is there with an error, too, and has to be closed.
func Private(ctx context.Context, u *scenario.Unit, folder string, race bool) (o *Once, err error) {
	o = &Once{}
	if o.dir, err = os.MkdirTemp("", "loopback-built-"); err != nil {
		return o, err
	}
	source := filepath.Join(o.dir, "source")
	o.Files, o.Left, err = Copied(u, folder, source)
	if err != nil {
		return o, err
	}
	o.Exe = filepath.Join(o.dir, "program")
	if runtime.GOOS == "windows" {
		o.Exe += ".exe"
	}
	return o, Sealed(ctx, u.Root, source, o.Files, o.Exe, race)
}

// Copied copies the Go files of the program in folder, and those that the unit gives
// beside it, into the folder to, and returns the copies. Left is what was not taken.
// What the program itself has brought about is an [*Error].
func Copied(u *scenario.Unit, folder, to string) (files, left []string, err error) {
	own, err := sources(folder, u.IsOwn(folder))
	left = leftIn(folder, own)
	if err != nil {
		return nil, left, byProgram(u, folder, err)
	}
	given, err := Given(u, folder)
	if err != nil {
		return nil, left, err
	}
	if err := copied(folder, append(slices.Clone(own), given...), to); err != nil {
		return nil, left, err
	}
	if files, err = sources(to, false); err != nil { // what is compiled is what was looked at
		return nil, left, byProgram(u, folder, err)
	}
	return files, left, nil
}

// Sealed compiles files, all of a program's and all in the folder source, to exe, with
// bounds on what the compiler may take. Root is a course's; of it only go.mod and go.sum
// are needed.
func Sealed(ctx context.Context, root, source string, files []string, exe string, race bool) error {
	return compileWith(ctx, root, source, files, nil, exe, race, true)
}

// copied copies files into the folder to.
func copied(folder string, files []string, to string) error {
	if len(files) > mostFiles {
		return &Error{Folder: folder, Output: fmt.Sprintf("%d Go files; at most %d", len(files), mostFiles)}
	}
	if err := os.Mkdir(to, 0o700); err != nil {
		return err
	}
	for _, f := range files {
		fi, err := os.Stat(f)
		if err != nil {
			return err
		}
		name := filepath.Base(f)
		if fi.Size() > mostBytes {
			return &Error{Folder: folder, Output: fmt.Sprintf("%s: %d bytes; at most %d", name, fi.Size(), mostBytes)}
		}
		data, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, name), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// byProgram makes of an ErrElsewhere, on a system on which the unit can be done, a
// fault of the program's.
func byProgram(u *scenario.Unit, folder string, err error) error {
	solution := filepath.Join(u.Root, "solutions", u.Name, "main.go")
	if !errors.Is(err, ErrElsewhere) || disk.IsFile(solution) && !buildsHere(solution) {
		return err
	}
	return &Error{Folder: folder, Why: ErrElsewhere, Output: fmt.Sprintf(
		"main.go: its build constraint (the line //go:build, or the end of its name) leaves it out on %s/%s, "+
			"and this unit is graded there", runtime.GOOS, runtime.GOARCH)}
}

// leftIn lists what lies in folder besides the files that were taken, but for the door
// to the grader that each exercise has and what is hidden.
func leftIn(folder string, taken []string) (names []string) {
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		name := e.Name()
		isTaken := func(f string) bool { return filepath.Base(f) == name }
		if name == "grade_test.go" || strings.HasPrefix(name, ".") || slices.ContainsFunc(taken, isTaken) {
			continue
		}
		if e.IsDir() {
			name += "/"
		}
		names = append(names, name)
	}
	return names
}
