package scene

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"os"
	"path/filepath"
	"strings"
	"time"

	"loopback/tools/engine/probe"
	"loopback/tools/engine/scenario"
)

// A Program is what plays in scenarios: anything that can be started.
type Program struct {
	Argv []string // the executable and its leading arguments
	Race bool     // built with the race detector

	Seed    int      // of what the scenarios make up
	Env     []string // more variables for its environment
	Sources []string // its Go files, where they are known
	Path    string   // its import path, where that is not main
	Watched bool     // what the kernel knows of its sockets is recorded, and bytes are kept whole
	RaceBy  string   // in a few words, how to have it built with the race detector
	// Linked returns by which imports packages come into the program, by their paths:
	// see build.Linked. It is nil where the Go files are not known.
	Linked func(ctx context.Context, packages []string) (map[string][]string, error)

	frozen *frozen // what it was when grading began; nil while it is taken as it is
}

// stacks reads what the program wrote when it was asked for its goroutines, or
// died. In a test binary package main has another name; a report has one.
func (p *Program) stacks(dump string) (panicText string, gs []probe.Goroutine) {
	panicText, gs = probe.ParseStacks(dump)
	for _, g := range gs {
		for i, f := range g.Frames {
			if name, ok := strings.CutPrefix(f.Func, p.Path+"."); ok && p.Path != "" {
				g.Frames[i].Func = "main." + name
			}
		}
	}
	return panicText, gs
}

// IsGo reports whether the executable was made by the Go compiler.
func (p *Program) IsGo() bool {
	if p.frozen != nil {
		_, err := buildinfo.Read(bytes.NewReader(p.frozen.exe))
		return err == nil
	}
	_, err := buildinfo.ReadFile(p.Argv[0])
	return err == nil
}

// environment is what a program under test sees: nothing of the grader's or
// the learner's shell but the path, and a temporary directory of its own.
//
// GOGC=off because the collector would close forgotten connections and so hide
// the leak; GOTRACEBACK=single because a dump of the runtime's own goroutines
// helps nobody.
func environment(sc *scenario.Scenario, tmp string) []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + tmp, "TMPDIR=" + tmp, "TMP=" + tmp, "TEMP=" + tmp,
		"GOGC=" + collection(sc), "GOMEMLIMIT=" + memoryLimit(sc), "GOTRACEBACK=single",
		"GORACE=" + raceSettings(sc),
	}
	if sc.Tidy {
		env = append(env, "GODEBUG=clobberfree=1") // what was freed says nothing any more
	}
	for _, key := range []string{"GOMAXPROCS", "LANG", "SYSTEMROOT"} {
		if v, ok := os.LookupEnv(key); ok {
			env = append(env, key+"="+v)
		}
	}
	return env
}

// collection says how a Go program is to collect its garbage: for speed not at
// all, unless the scenario is about memory.
func collection(sc *scenario.Scenario) string {
	if sc.Tidy {
		return "1"
	}
	if sc.Collects {
		return "100"
	}
	return "off"
}

// memoryLimit is what a Go program tries to keep to. More than 1 MiB is in use from
// the start, so with that it collects whenever it needs another page for its heap; GOGC
// alone has it collect when a megabyte has been allocated, at the soonest.
func memoryLimit(sc *scenario.Scenario) string {
	if sc.Tidy {
		return "1MiB"
	}
	return "256MiB"
}

// raceSettings tells a program with the race detector in it what to do when it
// finds a race: where that is what the scenario is about, end; elsewhere go on
// as the same program without the detector would, so that both get the same
// verdict.
func raceSettings(sc *scenario.Scenario) string {
	if sc.Race {
		return "atexit_sleep_ms=0 halt_on_error=1 exitcode=66"
	}
	return "atexit_sleep_ms=0 halt_on_error=0 exitcode=0"
}

// Gone reports whether the process has ended.
func (p *Instance) Gone() bool {
	select {
	case <-p.Proc.Done():
		return true
	default:
		return false
	}
}

// GoOn lets a program go on that was stopped. That it has ended meanwhile is seen
// by the command that waits for it next.
func (p *Instance) GoOn() { p.Proc.Signal("CONT") }

// Pause lets at most d pass, less when the program prints or ends.
func (p *Instance) Pause(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-p.Proc.Done():
	case <-p.output:
	case <-timer.C:
	}
}

// Drain waits, within a bound, until all that a program printed before it
// ended was read from its pipes.
func (p *Instance) Drain() {
	for end := time.Now().Add(DumpBound); p.Proc.Pending() && time.Now().Before(end); {
		timer := time.NewTimer(Slice)
		select {
		case <-p.output:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// LastWords returns the end of what p printed to standard error.
func (p *Instance) LastWords(n int) []string {
	text := strings.TrimRight(string(p.Proc.Stderr().Bytes()), "\n")
	if p.built != "" { // the folder that it was compiled into tells nothing
		text = strings.ReplaceAll(text, p.built, filepath.Base(p.built))
	}
	if text == "" {
		return nil
	}
	lines := strings.Split(text, "\n")
	return lines[max(0, len(lines)-n):]
}
