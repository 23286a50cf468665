// Package doctor says what a machine can do for grading, and what is lost where it
// cannot.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"loopback/tools/class/box"
	"loopback/tools/class/rung"
	"loopback/tools/engine/build"
	"loopback/tools/engine/probe"
)

// A Line is one thing that was looked at.
type Line struct {
	What string
	Has  string // what there is; "" when it lacks
	Lost string // what is lost for want of it, or of a part of it; "" when nothing is
	Must bool   // without it there is no grading at all
}

// String is the line as it is printed.
func (l Line) String() string {
	state, text := "has", l.Has
	switch {
	case l.Lost != "" && l.Has == "":
		state, text = "lacks", l.Lost
	case l.Lost != "":
		state, text = "partly", l.Has+"; "+l.Lost
	}
	return fmt.Sprintf("%-6s  %-9s  %s", state, l.What, strings.Join(strings.Fields(text), " "))
}

// Look looks at everything.
func Look(ctx context.Context, root string) []Line {
	lines := []Line{golang(ctx, root), loopback(), evidence()}
	lines = append(lines, ladder(rung.Here(box.Probe()))...)
	return append(lines, detector(ctx, root), tool("ss", "iproute2"), user(), noise())
}

// aVersion matches the line of go.mod that says which Go is needed.
var aVersion = regexp.MustCompile(`(?m)^go (\S+)$`)

func golang(ctx context.Context, root string) Line {
	l := Line{What: "go", Must: true}
	cmd := exec.CommandContext(ctx, "go", "env", "GOVERSION")
	cmd.Dir = root // where go.mod may ask for another toolchain
	out, err := cmd.Output()
	if err != nil {
		l.Lost = fmt.Sprintf("the go command does not answer, so nothing can be compiled: %v", err)
		return l
	}
	l.Has = strings.TrimSpace(string(out)) + " on " + runtime.GOOS + "/" + runtime.GOARCH
	if mod, err := os.ReadFile(filepath.Join(root, "go.mod")); err == nil {
		if m := aVersion.FindSubmatch(mod); m != nil {
			l.Has += ", and the course asks for " + string(m[1])
		}
	}
	return l
}

// loopback dials itself, once for each version of IP.
func loopback() Line {
	l := Line{What: "loopback"}
	var has, lost []string
	for _, c := range []struct{ name, addr string }{{"IPv4", "127.0.0.1:0"}, {"IPv6", "[::1]:0"}} {
		if err := dialOwn(c.addr); err != nil {
			lost = append(lost, fmt.Sprintf("no %s: %v", c.name, err))
			l.Must = l.Must || c.name == "IPv4"
		} else {
			has = append(has, c.name)
		}
	}
	l.Has = strings.Join(has, " and ")
	if len(lost) > 0 {
		l.Lost = strings.Join(lost, ", ") + ": scenarios that need it cannot be graded"
	}
	return l
}

func dialOwn(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		return err
	}
	return conn.Close()
}

func evidence() Line {
	if missing := probe.Missing(); len(missing) > 0 {
		return Line{What: "evidence", Lost: "the kernel does not tell: " + strings.Join(missing, "; ") +
			": some scenarios are skipped, and some verdicts rest on time"}
	}
	return Line{What: "evidence", Has: "all that the grader asks of the kernel"}
}

// ladder is a line for each rung of the one list of what keeps a program in, and one for
// what --sandbox require would come to.
func ladder(m rung.Machine) (lines []Line) {
	doors := []rung.Door{rung.Batch, rung.Grade}
	for _, r := range rung.All {
		l := Line{What: r.Name}
		var has, lacks []string
		for _, d := range doors {
			if by := r.By(m, d); by != "" {
				has = append(has, fmt.Sprintf("%s by %s", d, by))
			} else if slices.Contains(r.Doors, d) {
				lacks = append(lacks, string(d))
			}
		}
		if len(has) > 0 {
			l.Has = "a program " + r.Keeps + ": " + strings.Join(has, ", ")
		}
		if len(lacks) > 0 {
			l.Lost = fmt.Sprintf("with %s it is not so that a program %s: that needs %s", strings.Join(lacks, " and "),
				r.Keeps, r.Mend)
		}
		lines = append(lines, l)
	}
	return append(lines, required(m, doors))
}

func required(m rung.Machine, doors []rung.Door) Line {
	l := Line{What: "sandbox"}
	var can []string
	for _, d := range doors {
		if err := rung.Missing(m, d, rung.Require); err == nil {
			can = append(can, string(d))
		} else {
			l.Lost = "--sandbox require grades nothing with " + string(d)
			if m.Place.Why != "" {
				l.Lost += ": " + m.Place.Why
			}
		}
	}
	if len(can) > 0 {
		l.Has = "--sandbox require can be asked of " + strings.Join(can, " and ")
	}
	return l
}

func detector(ctx context.Context, root string) Line {
	if err := build.Detector(ctx, root); err != nil {
		return Line{What: "race", Lost: fmt.Sprintf("%v: without --race scenarios about races are skipped", err)}
	}
	return Line{What: "race", Has: "a C compiler, for --race"}
}

// tool looks for a program of which gradings need nothing, and chapters do.
func tool(name, from string) Line {
	if _, err := exec.LookPath(name); err != nil {
		return Line{What: name, Lost: "sessions of chapters that show it cannot be checked; gradings do not need it. " +
			"It is in the package " + from}
	}
	return Line{What: name, Has: "for the sessions in chapters"}
}

func user() Line {
	if os.Geteuid() == 0 {
		return Line{What: "user", Has: "root", Lost: "what a program gets past has no limits left: grade as an " +
			"ordinary user"}
	}
	return Line{What: "user", Has: "an ordinary user"}
}

// How late a timer may be, at the worst of so many, before the machine counts as busy.
const (
	timers = 100
	nap    = time.Millisecond
	late   = 100 * time.Millisecond
)

// noise measures how late this process is woken. No verdict depends on it.
func noise() Line {
	lag := make([]time.Duration, timers)
	for i := range lag {
		start := time.Now()
		time.Sleep(nap)
		lag[i] = time.Since(start) - nap
	}
	worst := slices.Max(lag).Round(100 * time.Microsecond)
	l := Line{What: "noise", Has: fmt.Sprintf("the latest of %d timers was %v late, on %d processors%s", timers, worst,
		runtime.NumCPU(), load())}
	if worst > late {
		l.Lost = "other work slows gradings down; verdicts do not change with it"
	}
	return l
}

func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if words := strings.Fields(string(text)); err == nil && len(words) > 0 {
		return " with a load of " + words[0]
	}
	return ""
}

// ErrCannot is returned where nothing can be graded.
var ErrCannot = errors.New("nothing can be graded here")

// Judge returns ErrCannot where something is missing without which there is no grading,
// and how many lines say that something is lost.
func Judge(lines []Line) (lost int, err error) {
	for _, l := range lines {
		if l.Lost != "" {
			lost++
		}
		if l.Must && l.Lost != "" {
			err = ErrCannot
		}
	}
	return lost, err
}
