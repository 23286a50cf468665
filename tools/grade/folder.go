package grade

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/kballard/go-shellquote"

	"loopback/tools/base/called"
	"loopback/tools/base/disk"
	"loopback/tools/base/record"
	"loopback/tools/engine/build"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
)

// GradeFolder builds the program in folder and grades it. What does not compile
// is a result, too. That it cannot be built here, whatever the program is, or
// that ctx was done before the end, is an error. Folder may lie anywhere;
// messages show it relative to the root where it lies below it.
func GradeFolder(ctx context.Context, u *scenario.Unit, folder string, race bool, o Options) (*result.Result, error) {
	ctx, cancel := within(ctx, o.Deadline)
	defer cancel()
	seed, err := chooseSeed(o.Seed)
	if err != nil {
		return nil, err
	}
	if o.Start != nil {
		o.Start()
	}
	key := ownKey(u, folder, race)
	start := time.Now()
	b, err := buildFor(ctx, u, folder, race, o.Private)
	defer b.close()
	took := time.Since(start)
	if fault, ok := build.AsError(err); ok {
		r := result.DidNotCompile(u, probe.Missing(), fault.Output, took)
		r.Inputs, r.Seed, r.Flags = inputsOf(folder), seed, append(r.Flags, notTaken(b.left)...)
		return r, nil
	}
	if late(ctx) {
		return overdue(u, o.Deadline), nil
	}
	if err != nil {
		return nil, err
	}
	if o.Built != nil {
		o.Built()
	}
	r := grade(ctx, u, programIn(u, folder, race, seed, b), o)
	if late(ctx) {
		r.Late(o.Deadline)
	} else if err := ctx.Err(); err != nil {
		return nil, err
	}
	r.Build.Millis, r.Flags = took.Milliseconds(), append(r.Flags, notTaken(b.left)...)
	keepDetected(u, r, key)
	return r, nil
}

// programIn is the program in folder, which was built, and what a report says of it.
func programIn(u *scenario.Unit, folder string, race bool, seed int, b *built) *graded {
	shown := disk.Relative(u.Root, folder)
	prog := &graded{Folder: shown,
		Program: &scene.Program{Argv: []string{b.exe}, Race: race, Sources: b.files, Seed: seed,
			RaceBy: "grade with --race"}}
	prog.Linked = linkedInto(u, b.files)
	prog.raced = fmt.Sprintf("%s grade %s --dir %s --race", called.Command(), u.Name[:2],
		shellquote.Join(shown))
	prog.again = againIn(u, folder, seed)
	if u.IsOwn(folder) {
		prog.RaceBy = fmt.Sprintf("grade %s --race", u.Name[:2])
		prog.raced = "go test -race ./exercises/" + u.Name
	}
	return prog
}

// againIn returns how one scenario is run again against the program in folder.
func againIn(u *scenario.Unit, folder string, seed int) func(sc *scenario.Scenario) record.Phrase {
	if u.IsOwn(folder) { // with the race detector where the scenario asks for it
		return func(sc *scenario.Scenario) record.Phrase {
			return withHidden(record.Say("%v run %s %s%v", command(), u.Name[:2], sc.ID, seedFlag(seed)), sc)
		}
	}
	shown := shellquote.Join(disk.Relative(u.Root, folder))
	return func(sc *scenario.Scenario) record.Phrase {
		again := record.Say("%v grade %s --dir %s --only %s%v", command(), u.Name, shown, sc.ID, seedFlag(seed))
		if sc.Race {
			again = again.And(" --race")
		}
		return withHidden(again, sc)
	}
}

// withHidden gives a command the folder of a scenario that is no part of the course.
func withHidden(again record.Phrase, sc *scenario.Scenario) record.Phrase {
	if dir := sc.HiddenIn(); dir != "" {
		return again.And(" --hidden %s", shellquote.Join(dir))
	}
	return again
}

// command is how the command of the course was called. What is recorded calls it in one way.
func command() record.Varying { return record.Varies(called.Command(), called.ByGo) }

// seedFlag gives the seed to a command. What is recorded has one seed.
func seedFlag(seed int) record.Varying {
	return record.Varies(fmt.Sprintf(" --seed %d", seed), "")
}

// GradeCommand grades any executable that keeps the contract; argv is the
// command with its leading arguments. An error means that it cannot be found.
func GradeCommand(ctx context.Context, u *scenario.Unit, argv []string, o Options) (*result.Result, error) {
	seed, err := chooseSeed(o.Seed)
	if err != nil {
		return nil, err
	}
	path, err := exec.LookPath(argv[0])
	if err != nil {
		return nil, err
	}
	if path, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	args := []string{path}
	for _, a := range argv[1:] {
		if disk.IsFile(a) { // the program runs in a folder of its own
			a, _ = filepath.Abs(a)
		}
		args = append(args, a)
	}
	prog := &graded{Program: &scene.Program{Argv: args, Seed: seed, RaceBy: "only a folder can be built with it"}}
	prog.again = func(sc *scenario.Scenario) record.Phrase {
		return record.Say("%v grade %s --exec %s --only %s%v", command(), u.Name, quoted(argv), sc.ID,
			seedFlag(seed))
	}
	ctx, cancel := within(ctx, o.Deadline)
	defer cancel()
	r := grade(ctx, u, prog, o)
	if late(ctx) {
		r.Late(o.Deadline)
	}
	return r, nil
}

// quoted returns a command as one word that a shell can read again.
func quoted(argv []string) string {
	line := shellquote.Join(argv...)
	if strings.ContainsAny(line, "\"$`\\!") {
		return shellquote.Join(line)
	}
	return `"` + line + `"`
}
