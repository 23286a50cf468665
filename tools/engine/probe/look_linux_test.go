//go:build !noevidence

package probe

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestLookAsleep(t *testing.T) {
	c := start(t, "read", false)
	a := untilState(t, c.pid(), Asleep)
	if b := Look(c.pid()); !a.Same(b) || a.Runs != b.Runs {
		t.Errorf("a sleeping program has run: %+v, then %+v", a, b)
	}
	c.say(t)
	if b := untilState(t, c.pid(), Asleep); a.Same(b) || b.Runs <= a.Runs {
		t.Errorf("a program that has read a line has not run: %+v, then %+v", a, b)
	}
}

func TestLookAsleepInConnection(t *testing.T) {
	c := start(t, "serve", true, "LOOPBACK_PROBE_LISTEN=127.0.0.1:0")
	conn := dial(t, c.addr)
	c.say(t)
	c.say(t)
	until(t, "accepted", func() bool { s, err := serverEnd(conn); return err == nil && s.Inode != 0 })
	untilState(t, c.pid(), Asleep)
}

func TestLookTimed(t *testing.T) {
	c := start(t, "sleep", true)
	untilState(t, c.pid(), Timed)
	neverAsleep(t, c.pid())

	c = start(t, "deadline", true, "LOOPBACK_PROBE_LISTEN=127.0.0.1:0")
	conn := dial(t, c.addr)
	c.say(t)
	c.say(t)
	// Once it has read this, the deadline is set.
	conn.Write([]byte("x"))
	until(t, "read", func() bool {
		s, err := serverEnd(conn)
		return err == nil && s.Received == 1 && s.Unread == 0 && s.Inode != 0
	})
	untilState(t, c.pid(), Timed)
	neverAsleep(t, c.pid())
}

// neverAsleep looks at a program with a timer: Go's monitor thread naps at first,
// so that a single look may say Timed for another reason.
func neverAsleep(t *testing.T, pid int) {
	t.Helper()
	for range 100 {
		if a := Look(pid); a.State == Asleep {
			t.Fatal("asleep in spite of a timer")
		}
	}
}

func TestLookMoving(t *testing.T) {
	c := start(t, "spin", true)
	a := Look(c.pid())
	until(t, "processor time grows", func() bool {
		b := Look(c.pid())
		if b.State != Moving {
			t.Fatalf("a spinning program is %v", b.State)
		}
		return b.CPU >= a.CPU+20*time.Millisecond
	})
}

// Programs of which one thread always runs, but never the same for long.
func TestLookNeverStill(t *testing.T) {
	for _, role := range []string{"token", "pingpong"} {
		t.Run(role, func(t *testing.T) {
			c := start(t, role, true)
			seen := make(map[State]int)
			for range *looks {
				seen[Look(c.pid()).State]++
			}
			if seen[Moving] != *looks {
				t.Errorf("looks: %v", seen)
			}
		})
	}
}

// looks makes the test longer: go test ./tools/engine/probe -run NeverStill -probe.looks 50000
var looks = flag.Int("probe.looks", 400, "looks at a program that never rests")

func TestLookStopped(t *testing.T) {
	c := start(t, "read", false)
	untilState(t, c.pid(), Asleep)
	stop(t, c)
	if err := unix.Kill(c.pid(), unix.SIGCONT); err != nil {
		t.Fatal(err)
	}
	untilState(t, c.pid(), Asleep)
}

func TestLookGone(t *testing.T) {
	c := start(t, "leave", true)
	a := untilState(t, c.pid(), Gone) // a zombie: nobody has waited for it
	if a.Threads != 0 || len(a.PIDs) != 0 {
		t.Errorf("an ended program has %d threads, processes %v", a.Threads, a.PIDs)
	}
	c.cmd.Wait()
	if a := Look(c.pid()); a.State != Gone {
		t.Errorf("after Wait: %v", a.State)
	}
	for _, pid := range []int{0, -1} {
		if a := Look(pid); a.State != Unknown {
			t.Errorf("process %d: %v", pid, a.State)
		}
	}
}

func TestLookTree(t *testing.T) {
	c := start(t, "parent", true)
	a := untilState(t, c.pid(), Timed) // the parent waits, its child has a timer
	if len(a.PIDs) != 2 || a.PIDs[0] != c.pid() {
		t.Errorf("processes %v of root %d", a.PIDs, c.pid())
	}
	// The same without the kernel's lists of children.
	old := hasChildrenFile
	hasChildrenFile = func() bool { return false }
	defer func() { hasChildrenFile = old }()
	if b := untilState(t, c.pid(), Timed); !a.Same(b) && len(b.PIDs) != 2 {
		t.Errorf("by parents: %+v, by children: %+v", b, a)
	}
}

// A shell that leaves a process behind: the root has ended, its group has not.
func TestLookSurvivor(t *testing.T) {
	cmd := exec.Command("sh", "-c", "cat <&3 & echo ready $!; exec 3<&-")
	cmd.SysProcAttr = group
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd.ExtraFiles = []*os.File{r}
	c := run(t, cmd, true)
	a := untilState(t, c.pid(), Asleep)
	until(t, "the shell has ended", func() bool { a = Look(c.pid()); return len(a.PIDs) == 1 && a.PIDs[0] != c.pid() })
	w.Close()
	untilState(t, c.pid(), Gone)
}

// The second way to count, for kernels without schedstat.
func TestReadSwitches(t *testing.T) {
	c := start(t, "read", false)
	untilState(t, c.pid(), Asleep)
	k := task{pid: c.pid(), tid: c.pid()}
	if !k.readSwitches(make([]byte, 1024)) || k.runs == 0 {
		t.Fatalf("%+v", k)
	}
	before := k
	if k.readSwitches(make([]byte, 1024)); k != before {
		t.Errorf("asleep, but %+v became %+v", before, k)
	}
	k.tid = 1 << 30
	if k.readSwitches(make([]byte, 1024)) {
		t.Errorf("a thread that does not exist has run %d times", k.runs)
	}
}

func TestLookPython(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3")
	}
	const socket = "import socket,time,select,signal,sys\n" +
		"s=socket.socket();s.bind(('127.0.0.1',0));s.listen();print('ready',flush=True)\n"
	tests := []struct {
		name, code string
		want       State
	}{
		{"accept", "s.accept()", Asleep},
		{"accept with settimeout", "s.settimeout(3600);s.accept()", Timed},
		{"accept with SO_RCVTIMEO", "import struct\ns.setsockopt(1,20,struct.pack('ll',3600,0));s.accept()", Timed},
		{"sleep", "time.sleep(3600)", Timed},
		{"select", "select.select([s],[],[])", Asleep},
		{"select with timeout", "select.select([s],[],[],3600)", Timed},
		{"poll", "p=select.poll();p.register(s);p.poll()", Asleep},
		{"epoll with timeout", "p=select.epoll();p.register(s);p.poll(3600)", Timed},
		{"pause", "signal.pause()", Asleep},
		{"stdin", "sys.stdin.read()", Asleep},
		{"threads", "import threading\nthreading.Thread(target=s.accept).start();threading.Event().wait()", Asleep},
		{"event with timeout",
			"import threading\nthreading.Thread(target=s.accept).start();threading.Event().wait(3600)", Timed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := run(t, exec.Command(python, "-c", socket+tt.code), true)
			untilState(t, c.pid(), tt.want)
		})
	}
}

// A timer of the kernel's that is in no system call.
func TestLookHiddenTimers(t *testing.T) {
	for _, kind := range []string{"timerfd", "timer_create"} {
		t.Run(kind, func(t *testing.T) {
			c := start(t, kind, true)
			untilState(t, c.pid(), Timed)
			neverAsleep(t, c.pid())
		})
	}
}

func TestLookRace(t *testing.T) {
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("no C compiler for -race")
	}
	if testing.Short() {
		t.Skip("builds a program")
	}
	dir := t.TempDir()
	src := filepath.Join(dir, "main.go")
	const program = "package main\nimport (\"net\"; \"fmt\")\nfunc main() {\n" +
		"ln, _ := net.Listen(\"tcp\", \"127.0.0.1:0\")\nfmt.Println(\"ready\", ln.Addr())\nln.Accept()\n}\n"
	if err := os.WriteFile(src, []byte(program), 0o666); err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(dir, "prog")
	build := exec.Command("go", "build", "-race", "-o", bin, src)
	build.Env = append(os.Environ(), "CGO_ENABLED=1")
	var out bytes.Buffer
	build.Stdout, build.Stderr = &out, &out
	if err := build.Run(); err != nil {
		t.Skipf("no -race here: %v\n%s", err, &out)
	}
	untilState(t, run(t, exec.Command(bin), true).pid(), Asleep)
}

func BenchmarkLook(b *testing.B) {
	c := start(b, "echo", true)
	untilState(b, c.pid(), Asleep)
	for b.Loop() {
		if a := Look(c.pid()); a.State != Asleep && a.State != Timed {
			b.Log(a.State)
		}
	}
}
