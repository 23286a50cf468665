package coach

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"loopback/tools/base/disk"
	"loopback/tools/base/record"
	"loopback/tools/base/screen"
	"loopback/tools/companion/relay"
	"loopback/tools/engine/build"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/process"
	"loopback/tools/engine/scenario"
)

// TryOptions say what to try.
type TryOptions struct {
	Folder string   // where the program is
	Listen string   // where visitors connect to; a loopback address
	Args   []string // for the program, after -listen ADDR
}

// ErrNoServer is returned by Try for a program that serves nobody.
var ErrNoServer = errors.New("not a server: there is nothing to connect to")

// Try runs the program of a unit and puts a relay in front of it, which shows
// on out all that goes over the wire, until ctx is done or the program ends. The
// learner is the peer.
func (c *Coach) Try(ctx context.Context, unit string, o TryOptions, out *screen.Screen) error {
	if err := onlyLoopback(o.Listen); err != nil {
		return err
	}
	kind := c.serves(unit)
	if kind == "" {
		return c.noServer(unit, filepath.ToSlash(disk.Relative(c.Root, o.Folder)))
	}
	c.Screen.Progress("%s: building ...", unit)
	exe, err := build.Program(ctx, &scenario.Unit{Root: c.Root, Name: unit}, o.Folder, false)
	c.Screen.Wipe()
	if err != nil {
		return err
	}
	t := &trial{kind: kind, out: out, live: &record.Live{Program: "server"}, changed: make(chan struct{}, 1)}
	t.proc, err = process.Start(process.Options{Path: exe, Args: append([]string{"-listen", "127.0.0.1:0"}, o.Args...),
		Env: os.Environ(), Keep: process.OutputLimit, OnOutput: t.notice})
	if err != nil {
		return err
	}
	defer t.proc.End()
	return t.run(ctx, o.Listen)
}

// serves returns which kind of server the scenarios of a unit start, "tcp" or
// "udp", and "" for none.
func (c *Coach) serves(unit string) string {
	if words := c.command(unit, "serve"); len(words) > 1 && words[1] == "-udp" {
		return "udp"
	} else if words != nil {
		return "tcp"
	}
	return ""
}

// command returns how the first scenario of a unit that begins with this command
// does so, in words; nil when none does.
func (c *Coach) command(unit, name string) []string {
	u, err := c.load(unit)
	if err != nil {
		return nil
	}
	for _, sc := range u.Scenarios {
		if len(sc.Start) > 0 && sc.Start[0] == name {
			return sc.Start
		}
	}
	return nil
}

// noServer says what can be done in place of a trial. A client's first argument
// is the address of a peer, which the learner can be.
func (c *Coach) noServer(unit, folder string) error {
	instead := ""
	if words := c.command(unit, "run"); len(words) > 1 && strings.HasPrefix(words[1], "$") {
		instead = "\nBe its server, in two terminals:\n\n    nc -l 127.0.0.1 8080\n" +
			fmt.Sprintf("    go run ./%s 127.0.0.1:8080 ...\n", folder)
	}
	row := c.experiment(unit)
	return fmt.Errorf("%s is %w.%s\nSee %s:\n\n    %s %s", unit, ErrNoServer, instead, row[1], Command, row[0])
}

func onlyLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("--listen must be HOST:PORT, such as 127.0.0.1:8080: %w", err)
	}
	if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return fmt.Errorf("--listen %s: your program is for this machine alone; give a loopback address, such as "+
			"127.0.0.1:8080", addr)
	}
	return nil
}

// A trial is a program while the learner is its peer.
type trial struct {
	kind    string // "tcp" or "udp"
	out     *screen.Screen
	live    *record.Live
	proc    *process.Process
	changed chan struct{} // has a value when there may be new output

	mu   sync.Mutex
	head string
}

func (t *trial) notice() {
	select {
	case t.changed <- struct{}{}:
	default:
	}
}

const announcement = "listening on "

func (t *trial) run(ctx context.Context, listen string) error {
	line, err := t.firstLine(ctx)
	if err != nil {
		return err
	}
	target, ok := strings.CutPrefix(line, announcement)
	if !ok {
		return fmt.Errorf("the program's first line is %q; it should be \"listening on ADDR\"", line)
	}
	if t.kind == "tcp" {
		if ls, err := probe.ListenersOf(probe.Look(t.proc.PID()).PIDs); err == nil && len(ls) == 0 {
			return fmt.Errorf("the program says %q, but it does not listen for TCP connections", line)
		}
	}
	r, err := t.relay(listen, target)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	host, port, _ := net.SplitHostPort(r.Addr())
	nc := map[string]string{"tcp": "nc", "udp": "nc -u"}[t.kind]
	t.out.Printf("Your server runs. Connect to\n\n    %s\n\nfrom another terminal, for example with\n\n"+
		"    %s %s %s\n\n"+
		"What goes over the wire is shown here. Ctrl-C ends it.\n\n", r.Addr(), nc, host, port)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	served := make(chan error, 1)
	go func() { served <- r.Serve(ctx) }()
	r.Note(record.Listening, "the server is up: you reach it at "+r.Addr())
	t.follow(ctx, r, len(line)+1)
	cancel()
	return <-served
}

// between is a relay of either kind.
type between interface {
	Addr() string
	Note(kind record.Kind, text string)
	Serve(ctx context.Context) error
}

func (t *trial) relay(listen, target string) (between, error) {
	o := relay.Options{Tell: t.tell, Open: t.open, Close: t.close}
	if t.kind == "udp" {
		return relay.ListenUDP(listen, target, o)
	}
	return relay.Listen(listen, target, o)
}

// firstLine waits for the program's first line.
func (t *trial) firstLine(ctx context.Context) (string, error) {
	for {
		if line, ok := t.proc.Stdout().FirstLine(); ok {
			return line, nil
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-t.proc.Done():
			if line, ok := t.proc.Stdout().FirstLine(); ok {
				return line, nil
			}
			t.proc.End() // now all that it printed has been read
			st, _ := t.proc.Status()
			words := strings.TrimSpace(string(t.proc.Stderr().Bytes()))
			if words == "not written yet" {
				return "", errors.New("the program has not been written yet: delete the call to notWritten() " +
					"when you begin")
			}
			return "", fmt.Errorf("the program ended (%v) before it said where it listens\n%s", st, words)
		case <-t.changed:
		}
	}
}

// follow shows what the program prints after its first line, and how it ends.
func (t *trial) follow(ctx context.Context, r between, from int) {
	printed, complained := from, 0
	for {
		ended := false
		select {
		case <-ctx.Done():
			return
		case <-t.proc.Done():
			t.proc.End() // now all that it printed has been read
			ended = true
		case <-t.changed:
		}
		printed = words(r, "prints ", t.proc.Stdout().Bytes(), printed, ended)
		complained = words(r, "on standard error: ", t.proc.Stderr().Bytes(), complained, ended)
		if ended {
			st, _ := t.proc.Status()
			kind := record.Trouble
			if st.Code == 0 && st.Signal == "" {
				kind = record.Note // some servers are meant to end
			}
			r.Note(kind, fmt.Sprintf("the process has ended: %v", st))
			return
		}
	}
}

// words tells the complete lines of data behind the first from bytes, and
// returns how many bytes are told.
func words(r between, what string, data []byte, from int, ended bool) int {
	for from < len(data) {
		line, _, whole := strings.Cut(string(data[from:]), "\n")
		if !whole && !ended {
			break
		}
		r.Note(record.Note, what+record.Quote([]byte(line), len(line), 200))
		from += len(line) + 1
	}
	return min(from, len(data))
}

func (t *trial) open(name string) { t.live.Open(name) }

func (t *trial) close(name string) { t.live.Close(name) }

// tell shows an event, below the names of the lines when they have changed.
func (t *trial) tell(e record.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if head := t.live.Head(); head != t.head {
		t.head = head
		t.out.Print(head + "\n")
	}
	t.out.Print(t.live.Row(e) + "\n")
}
