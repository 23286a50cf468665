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
	"sleep":    sleep,
	"spin":     func() { announce(""); spin() },
	"leave":    func() { announce("") },
	"parent":   parent,
	"serve":    func() { serve(false) },
	"deadline": func() { serve(true) },
	"echo":     func() { echo(func(c net.Conn) { io.Copy(struct{ io.Writer }{c}, struct{ io.Reader }{c}) }) },
	"ring":     ring,
	"token":    token,
	"pingpong": pingpong,
	"pong":     func() { io.Copy(struct{ io.Writer }{os.Stdout}, struct{ io.Reader }{os.Stdin}) },
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

// sleep has a timer, and ends with its standard input, so that it does not
// outlive a parent that was killed.
func sleep() {
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	announce("")
	time.Sleep(time.Hour)
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

// ring starts an echo server that makes it hard to see that it works: the bytes
// go round a ring of threads, and each of these wakes the next and falls asleep.
func ring() {
	type parcel struct {
		to   net.Conn
		data []byte
		hops int
	}
	const threads, hops, clients = 4, 20, 64
	var stages [threads]chan parcel
	for i := range stages {
		stages[i] = make(chan parcel, clients) // one of each client: nobody waits to send
	}
	for i, stage := range stages {
		next := stages[(i+1)%threads]
		go func() {
			runtime.LockOSThread()
			for p := range stage {
				if p.hops++; p.hops < hops {
					next <- p
				} else {
					p.to.Write(p.data)
				}
			}
		}()
	}
	echo(func(c net.Conn) {
		for {
			b := make([]byte, 64)
			n, err := c.Read(b)
			if err != nil {
				return
			}
			stages[0] <- parcel{to: c, data: b[:n]}
		}
	})
}

// token hands a token round a ring of threads forever: at every moment one of
// them runs or is about to, and the others sleep.
func token() {
	const threads = 4
	var stages [threads]chan int
	for i := range stages {
		stages[i] = make(chan int)
	}
	for i := range stages {
		go func() {
			runtime.LockOSThread()
			for n := range stages[i] {
				stages[(i+1)%threads] <- n
			}
		}()
	}
	announce("")
	stages[0] <- 1
	select {}
}

// pingpong does the same with two processes and two pipes.
func pingpong() {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleVar+"=pong")
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	b := make([]byte, 1)
	for i := 0; ; i++ {
		in.Write(b)
		if _, err := out.Read(b); err != nil {
			os.Exit(1)
		}
		if i == 0 {
			announce("")
		}
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
