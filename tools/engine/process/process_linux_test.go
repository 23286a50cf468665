package process

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// start starts a program and ends it with the test.
func start(t *testing.T, o Options) *Process {
	t.Helper()
	p, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.End() })
	return p
}

// shell returns the options to run a shell script.
func shell(script string) Options {
	return Options{Path: "/bin/sh", Args: []string{"-c", script}, Env: []string{"PATH=" + os.Getenv("PATH")}}
}

// startReady starts a program and waits until it has printed that many lines.
func startReady(t *testing.T, o Options, lines int) *Process {
	t.Helper()
	news := make(chan struct{}, 1)
	o.OnOutput = func() {
		select {
		case news <- struct{}{}:
		default:
		}
	}
	p := start(t, o)
	for deadline := time.After(30 * time.Second); p.Stdout().Lines() < lines; {
		select {
		case <-news:
		case <-deadline:
			t.Fatalf("no output; stdout %q, stderr %q", p.Stdout().Bytes(), p.Stderr().Bytes())
		}
	}
	return p
}

// ended waits for the end of a process and returns its status.
func ended(t *testing.T, p *Process) Status {
	t.Helper()
	select {
	case <-p.Done():
	case <-time.After(30 * time.Second):
		t.Fatal("the process does not end")
	}
	status, ok := p.Status()
	if !ok {
		t.Error("Done is closed and Status says it runs")
	}
	return status
}

// gone checks that nothing of p is left, dead or alive.
func gone(t *testing.T, p *Process) {
	t.Helper()
	for _, e := range readEntries() {
		if e.pid != os.Getpid() && (e.pgrp == p.PID() || hasMark(e.pid, p.mark+"\x00")) {
			t.Errorf("left behind: %c %v", e.state, e.stray())
		}
	}
}

func TestStatus(t *testing.T) {
	tests := []struct {
		script string
		want   Status
		text   string
	}{
		{"exit 0", Status{Code: 0}, "exit status 0"},
		{"exit 3", Status{Code: 3}, "exit status 3"},
		{"kill -KILL $$", Status{Code: -1, Signal: "SIGKILL"}, "signal SIGKILL"},
		{"kill -SEGV $$", Status{Code: -1, Signal: "SIGSEGV"}, "signal SIGSEGV"},
		{"kill -40 $$", Status{Code: -1, Signal: "SIG40"}, "signal SIG40"},
	}
	for _, test := range tests {
		p := start(t, shell(test.script))
		if got := ended(t, p); got != test.want || got.String() != test.text {
			t.Errorf("%s: %+v, %q; want %+v, %q", test.script, got, got, test.want, test.text)
		}
		if strays := p.End(); len(strays) > 0 {
			t.Errorf("%s: strays %v", test.script, strays)
		}
		gone(t, p)
	}
}

func TestStartErrors(t *testing.T) {
	if _, err := Start(Options{Path: "/no/such/program"}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no such program: %v", err)
	}
	if _, err := Start(Options{Path: "/bin/sh", Dir: "/no/such/directory"}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no such directory: %v", err)
	}
	if _, err := Start(Options{Path: "/etc/passwd"}); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("not executable: %v", err)
	}
}

func TestEnvironment(t *testing.T) {
	t.Setenv("FROM_THE_CALLER", "1")
	o := options("env")
	o.Env = []string{"A=1", "B=2"}
	p := start(t, o)
	ended(t, p)
	p.End()
	if got, want := string(p.Stdout().Bytes()), p.mark+"\nA=1\nB=2"; got != want {
		t.Errorf("environment %q, want %q", got, want)
	}
}

func TestDirAndArguments(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	o := shell(`pwd; printf '%s\n' "$0" "$@"; cat`) // standard input is empty
	o.Args = append(o.Args, "a b", "", "*")
	o.Dir = dir
	p := start(t, o)
	ended(t, p)
	p.End()
	if got, want := string(p.Stdout().Bytes()), dir+"\na b\n\n*\n"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
}

func TestFlood(t *testing.T) {
	const size = 50 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	p := start(t, options("print", "52428800"))
	ended(t, p)
	for end := time.Now().Add(drainTime); p.Stdout().Total() < size &&
		time.Now().Before(end); time.Sleep(time.Millisecond) {
	}
	runtime.ReadMemStats(&after) // before End, which reads of every process of the machine
	p.End()
	if p.Stdout().Total() != size || p.Stdout().Lines() != size/64 {
		t.Errorf("Total %d, Lines %d", p.Stdout().Total(), p.Stdout().Lines())
	}
	if n := len(p.Stdout().Bytes()); n > 2*keepSize+100 {
		t.Errorf("kept %d bytes", n)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 4<<20 {
		t.Errorf("allocated %d bytes", n)
	}
}

// The flood of a program that does not end by itself.
func TestEndlessFlood(t *testing.T) {
	over := make(chan struct{}, 1)
	ready := make(chan *Process, 1)
	p := start(t, Options{Path: self(), Argv0: helperName + "print", Args: []string{"1000000000000"}, OnOutput: func() {
		select {
		case p := <-ready:
			ready <- p
			if p.Stdout().Total() > OutputLimit {
				select {
				case over <- struct{}{}:
				default:
				}
			}
		default:
		}
	}})
	ready <- p
	<-over
	p.End()
	if status := ended(t, p); status.Signal != "SIGKILL" {
		t.Errorf("ended with %v", status)
	}
}

func TestOnOutput(t *testing.T) {
	var calls atomic.Int32
	o := shell("echo one; echo two >&2")
	o.OnOutput = func() { calls.Add(1) }
	p := start(t, o)
	ended(t, p)
	p.End()
	if p.Pending() {
		t.Error("something is pending after End")
	}
	n := calls.Load()
	if n < 5 { // two pieces, the end of two streams, the end of the process
		t.Errorf("%d calls", n)
	}
	if line, ok := p.Stderr().FirstLine(); line != "two" || !ok {
		t.Errorf("stderr: %q", p.Stderr().Bytes())
	}
	p.End()
	if calls.Load() != n {
		t.Error("called after End")
	}
}

func TestSignal(t *testing.T) {
	p := startReady(t, options("stubborn"), 1)
	for _, name := range []string{"TERM", "SIGINT", "HUP", "QUIT"} {
		if err := p.Signal(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := p.Signal("NONSENSE"); err == nil || !strings.Contains(err.Error(), "NONSENSE") {
		t.Errorf("NONSENSE: %v", err)
	}
	if _, ok := p.Status(); ok {
		t.Error("it has ended, though it ignores all of these")
	}
	if strays := p.End(); len(strays) > 0 {
		t.Errorf("strays %v", strays)
	}
	if status := ended(t, p); status.Signal != "SIGKILL" {
		t.Errorf("ended with %v", status)
	}
	if err := p.Signal("TERM"); !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("after the end: %v", err)
	}
	gone(t, p)
}

func TestEndWhileStopped(t *testing.T) {
	p := startReady(t, options("sleep"), 1)
	if err := p.Signal("STOP"); err != nil {
		t.Fatal(err)
	}
	p.End()
	if status := ended(t, p); status.Signal != "SIGKILL" {
		t.Errorf("ended with %v", status)
	}
	gone(t, p)
}

func TestManyAtOnce(t *testing.T) {
	var group sync.WaitGroup
	slots := make(chan struct{}, 16)
	for range 50 {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			p, err := Start(shell("sleep 1000 & echo ready; wait"))
			if err != nil {
				t.Error(err)
				return
			}
			if strays := p.End(); len(strays) > 0 {
				t.Errorf("strays %v", strays)
			}
			gone(t, p)
		})
	}
	group.Wait()
}

// Commands of os/exec are none of our business: they are neither reaped nor
// ended nor branded.
func TestLeavesOthersAlone(t *testing.T) {
	bystander := exec.Command("/bin/sleep", "1000")
	bystander.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := bystander.Start(); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if err := exec.Command("/bin/true").Run(); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for range 20 {
		p := start(t, shell("sleep 1000 & exit 1"))
		ended(t, p)
		if strays := p.End(); len(strays) != 1 {
			t.Errorf("strays %v", strays)
		}
	}
	if branded && readStatus(bystander.Process.Pid).noNewPrivs {
		t.Error("a command of os/exec is branded")
	}
	if branded {
		Sweep()
	}
	close(stop)
	group.Wait()
	if err := bystander.Process.Kill(); err != nil {
		t.Error(err)
	}
	if err := bystander.Wait(); err == nil || err.Error() != "signal: killed" {
		t.Error(err)
	}
}

// A program whose file is still open for writing is "text file busy". It is
// started once the file is closed, and an error if that does not happen.
func TestTextFileBusy(t *testing.T) {
	in, err := os.ReadFile("/bin/true")
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "program")
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(in); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(Options{Path: name}); !errors.Is(err, unix.ETXTBSY) {
		t.Errorf("open for writing: %v", err)
	}
	time.AfterFunc(20*time.Millisecond, func() { f.Close() })
	p := start(t, Options{Path: name})
	if status := ended(t, p); status.Code != 0 {
		t.Errorf("ended with %v", status)
	}
	p.End()
}

// What the caller got from whoever started it is not passed on.
func TestNothingInherited(t *testing.T) {
	file, err := os.Open("/etc/passwd")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	// Only bash can set argv[0], which tells the test binary what to be.
	c := exec.Command("bash", "-c", `trap "" INT; exec -a "$0" "$1"`, helperName+"clean", self())
	c.ExtraFiles = []*os.File{file}
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	want := []string{"0 /dev/null", "1 pipe:", "2 pipe:", "signal SIGINT"}
	if !slices.EqualFunc(lines, want, strings.HasPrefix) {
		t.Errorf("got %q, want %q", lines, want)
	}
}

// If the caller is killed, its program dies with it.
func TestCallerKilled(t *testing.T) {
	c := command("parent")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer c.Wait()
	buf := make([]byte, 100)
	n, err := out.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	pid := number(t, string(bytes.TrimSpace(buf[:n])))
	program, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(program)
	c.Process.Kill()
	awaitEnd(t, program)
	// It is our orphan now, but no program of ours: reap it here.
	c.Wait()
	unix.Wait4(pid, nil, 0, nil)
}

// Where the system does not say what waits in a pipe, the end of both streams is waited
// for after the end of the process: by then all that it printed has been read.
func TestUnended(t *testing.T) {
	news := make(chan struct{}, 1)
	o := shell("printf '%70000d' 1; echo two >&2")
	o.OnOutput = func() {
		select {
		case news <- struct{}{}:
		default:
		}
	}
	p := start(t, o)
	if p.unended() {
		if _, over := p.Status(); !over {
			t.Error("output of a process that runs is not known to be pending")
		}
	}
	ended(t, p)
	for p.unended() {
		<-news
	}
	if n, line := p.Stdout().Total(), string(p.Stderr().Bytes()); n != 70000 || line != "two\n" {
		t.Errorf("%d bytes, and %q", n, line)
	}

	// A child that has inherited the streams keeps them open.
	p = startReady(t, shell("sleep 3600 & echo begun"), 1)
	ended(t, p)
	if !p.unended() {
		t.Error("the streams have ended, although a child has them")
	}
	p.End()
	if p.unended() {
		t.Error("the streams have not ended, although all that had them are gone")
	}
}
