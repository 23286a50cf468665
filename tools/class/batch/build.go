package batch

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"loopback/tools/class/box"
	"loopback/tools/engine/build"
)

// What a build may take. The compiler has bounds of its own, for each of its processes:
// see [build.Sealed].
const (
	buildBound = 10 * time.Minute // on a busy machine the first one takes minutes, with the standard library
	buildTasks = 2000
)

var buildMemory int64 = 4 << 30 // of all its processes together; tests have a lower bound

// A BuildOrder is what a building process is asked for.
type BuildOrder struct {
	Root, Source string
	Files        []string // in Source
	Exe          string
	Race         bool
}

// A made is what a building process says.
type made struct {
	Linked map[string][]string
	Fault  string // of the program
	Why    string // it could not be built, whatever the program is
}

// build compiles a program in a box, which has a network of its own, sees the Go
// toolchain, its caches and these sources, and no other submission.
func (b *batch) build(ctx context.Context, one *built, source, exe string) (map[string][]string, error) {
	tmp := filepath.Join(one.work, "tmp")
	said, err := b.child(ctx, call{verb: BuildVerb, who: "the build", deadline: buildBound, memory: buildMemory,
		order: BuildOrder{Root: b.own("course"), Source: source, Files: one.program.Sources, Exe: exe, Race: b.Race},
		box: box.Options{Env: append(environment(tmp), b.tools.env()...), Dir: tmp, Hide: b.hidden(),
			Keep:  append([]string{one.work, b.own("course")}, b.tools.read()...),
			Write: []string{filepath.Dir(exe), b.tools.GOCACHE}, Fresh: []string{tmp}, Tasks: buildTasks}})
	if isOver(err, "memory") {
		return nil, &build.Error{Folder: source, Output: build.TooMuch}
	}
	if err != nil {
		return nil, err
	}
	var m made
	if err := json.Unmarshal(said, &m); err != nil {
		return nil, fmt.Errorf("what was built: %w", err)
	}
	switch {
	case m.Fault != "":
		return nil, &build.Error{Folder: source, Output: m.Fault}
	case m.Why != "":
		return nil, errors.New(m.Why)
	}
	return m.Linked, nil
}

// Build is the process that compiles one program. It reads a [BuildOrder] and writes
// what it came to.
func Build(ctx context.Context, in io.Reader, out io.Writer) error {
	var o BuildOrder
	ctx, cancel, err := ordered(ctx, in, &o)
	if err != nil {
		return err
	}
	defer cancel()
	var m made
	err = build.Sealed(ctx, o.Root, o.Source, o.Files, o.Exe, o.Race)
	if err == nil {
		m.Linked, err = build.Linked(ctx, o.Root, o.Files, nil)
	}
	if fault, ok := build.AsError(err); ok {
		m.Fault = fault.Output
	} else if err != nil {
		m.Why = err.Error()
	}
	return json.NewEncoder(out).Encode(m)
}

// ordered reads an order, a line of JSON. The context is done when the input ends:
// then the batch is gone.
func ordered(ctx context.Context, in io.Reader, order any) (context.Context, context.CancelFunc, error) {
	lines := bufio.NewReader(in)
	line, err := lines.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, order)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("an order: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		io.Copy(io.Discard, lines)
		cancel()
	}()
	return ctx, cancel, nil
}

// A toolchain is where the go command of the course keeps what a build needs.
type toolchain struct{ GOROOT, GOCACHE, GOMODCACHE string }

// lent is the module that programs of the course may import, beside the standard library.
const lent = "golang.org/x/sys"

// findTools asks the go command. It fetches what programs may import, where it has to,
// before anything is built in a box, which has no way to do it. Where that cannot be
// done the builds that need it say so, and no others are the worse for it.
func findTools(ctx context.Context, root string) (t toolchain, err error) {
	cmd := exec.CommandContext(ctx, "go", "env", "-json", "GOROOT", "GOCACHE", "GOMODCACHE")
	cmd.Dir = root
	text, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(text, &t)
	}
	if err != nil {
		return t, fmt.Errorf("go env: %w", err)
	}
	fetch := exec.CommandContext(ctx, "go", "mod", "download", lent)
	fetch.Dir = root
	fetch.Run()
	return t, errors.Join(os.MkdirAll(t.GOCACHE, 0o755), os.MkdirAll(t.GOMODCACHE, 0o755)) // mounts need folders
}

// env makes a build use this toolchain and no other, and fetch nothing.
func (t toolchain) env() []string {
	return []string{"GOROOT=" + t.GOROOT, "GOCACHE=" + t.GOCACHE, "GOMODCACHE=" + t.GOMODCACHE, "GOENV=off",
		"GOPROXY=off", "GOTOOLCHAIN=local", "GOTELEMETRY=off",
		"PATH=" + filepath.Join(t.GOROOT, "bin") + string(os.PathListSeparator) + os.Getenv("PATH")}
}

// read are the folders that a build reads.
func (t toolchain) read() []string { return []string{t.GOROOT, t.GOMODCACHE} }
