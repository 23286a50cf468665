package probe

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"
)

// The tests look at real programs: this test binary, started again with a role.
const roleVar = "LOOPBACK_PROBE_ROLE"

var roles = map[string]func(){
	"read":     func() { io.Copy(io.Discard, os.Stdin) },
	"sleep":    func() { announce(""); time.Sleep(time.Hour) },
	"spin":     func() { announce(""); spin() },
	"leave":    func() { announce("") },
	"parent":   parent,
	"serve":    func() { serve(false) },
	"deadline": func() { serve(true) },
	"echo":     func() { echo(func(c net.Conn) { io.Copy(struct{ io.Writer }{c}, struct{ io.Reader }{c}) }) },
	"relay":    func() { echo(relay) },
}

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVar); role != "" {
		roles[role]()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// announce tells the test that the role is ready.
func announce(s string) { fmt.Println("ready", s) }

func spin() {
	for i := 0; ; i++ {
		_ = i
	}
}

// parent starts a child that sleeps, and waits for it.
func parent() {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleVar+"=sleep")
	in, _ := cmd.StdinPipe()
	defer in.Close()
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	bufio.NewReader(out).ReadString('\n')
	announce("")
	io.Copy(io.Discard, os.Stdin)
	cmd.Process.Kill()
	cmd.Wait()
}

// serve accepts one connection and reads it to its end, byte after byte only
// when the test says so on standard input.
func serve(deadline bool) {
	ln, err := net.Listen("tcp", os.Getenv("LOOPBACK_PROBE_LISTEN"))
	if err != nil {
		panic(err)
	}
	announce(ln.Addr().String())
	in := bufio.NewReader(os.Stdin)
	in.ReadString('\n')
	c, err := ln.Accept()
	if err != nil {
		panic(err)
	}
	if deadline {
		c.SetReadDeadline(time.Now().Add(time.Hour))
	}
	in.ReadString('\n')
	io.Copy(io.Discard, c)
	in.ReadString('\n')
}

// echo is a server like those of the course.
func echo(serve func(net.Conn)) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	announce(ln.Addr().String())
	for {
		c, err := ln.Accept()
		if err != nil {
			panic(err)
		}
		go func() {
			defer c.Close()
			serve(c)
		}()
	}
}

// relay is an echo server that makes it hard to see that it works: the bytes go
// from thread to thread, and each wakes the next and falls asleep.
func relay(c net.Conn) {
	received, worked := make(chan []byte), make(chan []byte)
	go func() {
		runtime.LockOSThread()
		defer close(worked)
		n := 0
		for b := range received {
			for range (len(b) % 8) << 12 { // up to some 10 microseconds
				n++
			}
			worked <- b
		}
	}()
	go func() {
		runtime.LockOSThread()
		for b := range worked {
			c.Write(b)
		}
	}()
	defer close(received)
	for {
		b := make([]byte, 64)
		n, err := c.Read(b)
		if err != nil {
			return
		}
		received <- b[:n]
	}
}

// A child is a program under test.
type child struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	addr string // what it announced
}

func (c *child) pid() int { return c.cmd.Process.Pid }

// say lets the child take its next step.
func (c *child) say(t testing.TB) {
	t.Helper()
	if _, err := io.WriteString(c.in, "\n"); err != nil {
		t.Fatal(err)
	}
}

// start runs this test binary in a role; ready says that the role announces.
func start(t testing.TB, role string, ready bool, env ...string) *child {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), append(env, roleVar+"="+role, "GOGC=off")...)
	return run(t, cmd, ready)
}

// run starts any program and ends it with the test.
func run(t testing.TB, cmd *exec.Cmd, ready bool) *child {
	t.Helper()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Process.Kill()
		cmd.Wait()
	})
	c := &child{cmd: cmd, in: in}
	if ready {
		line, err := bufio.NewReader(out).ReadString('\n')
		if err != nil {
			t.Fatalf("the child announced nothing: %v", err)
		}
		fmt.Sscanf(line, "ready %s", &c.addr)
	}
	return c
}

// patience bounds the waits of the tests on a busy machine.
const patience = 20 * time.Second

// until looks again and again until cond holds.
func until(t testing.TB, what string, cond func() bool) time.Duration {
	t.Helper()
	begin := time.Now()
	for !cond() {
		if time.Since(begin) > patience {
			t.Fatalf("not within %v: %s", patience, what)
		}
		time.Sleep(time.Millisecond)
	}
	return time.Since(begin)
}

// untilState waits for a state and returns the look that saw it.
func untilState(t testing.TB, pid int, want State) Activity {
	t.Helper()
	var a Activity
	d := until(t, want.String(), func() bool { a = Look(pid); return a.State == want })
	t.Logf("%v after %v: %d runs, %v, %d threads of %v", want, d, a.Runs, a.CPU, a.Threads, a.PIDs)
	return a
}
