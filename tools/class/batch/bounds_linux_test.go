package batch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"loopback/tools/base/record"
	"loopback/tools/base/trial"
	"loopback/tools/class/sheet"
	"loopback/tools/engine/build"
	"loopback/tools/engine/result"
)

// forksOn doubles until there can be no more. Its copies have a single thread, and run
// none of what is Go's own.
const forksOn = `package main

import "syscall"

func main() {
	for {
		syscall.RawSyscall(syscall.SYS_CLONE, uintptr(syscall.SIGCHLD), 0, 0)
	}
}
`

// gradeBeside grades the reference with another submission beside it, and returns what
// the other one came to.
func gradeBeside(t *testing.T, id, text string) *result.Result {
	t.Helper()
	needsClosed(t)
	tasks, memory := mostTasks, buildMemory
	mostTasks, buildMemory = 600, 768<<20 // few tasks: the machine has other work
	t.Cleanup(func() { mostTasks, buildMemory = tasks, memory })
	o := class(t)
	o.Out, o.Only = filepath.Join(t.TempDir(), "out"), []string{"a-solution", id}
	trial.Write(t, filepath.Join(o.Dir, id, "main.go"), text)
	if _, err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	var other *result.Result
	for _, one := range o.Only {
		data, err := os.ReadFile(sheet.ResultFile(o.Out, one, unit))
		if err != nil {
			t.Fatal(err)
		}
		if other, err = sheet.Parse(data); err != nil {
			t.Fatal(err)
		}
		if one == "a-solution" && !other.AllPass() {
			t.Errorf("the reference beside it: %s", data)
		}
	}
	return other
}

// TestForks: a program that forks without end is ended, by the grader or, when it is too
// quick for that, together with it. It does not come to the deadline.
func TestForks(t *testing.T) {
	r := gradeBeside(t, "m-forks", forksOn)
	flags := strings.Join(r.Flags, " ")
	switch {
	case r.Score != 0:
		t.Errorf("%d points", r.Score)
	case r.Status == result.Graded && r.Tests[0].Code == record.Left:
	case r.Status == result.CouldNotGrade && strings.HasPrefix(flags, "processes: the program started more than"):
	default:
		t.Errorf("%s, %q, %s", r.Status, flags, r.Tests[0].Rationale)
	}
}

// TestFeedsTheCompiler: a program for which the compiler takes too much memory does not
// build, and says so.
func TestFeedsTheCompiler(t *testing.T) {
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "testdata", "hostile", "feeds-the-compiler", "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	r := gradeBeside(t, "m-feeds", string(text))
	if r.Status != result.NotBuilt || !strings.Contains(r.Build.Output, build.TooMuch) {
		t.Errorf("%s: %s %v", r.Status, r.Build.Output, r.Flags)
	}
}

// takesPorts is a server that binds a socket to each port which a client could have. A
// process may have too few files for that: it is done by four.
const takesPorts = `package main

import (
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

const hands = 4

func main() {
	listen := flag.String("listen", "", "")
	hand := flag.Int("hand", -1, "")
	flag.Parse()
	if *hand >= 0 {
		take(*hand)
	}
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		os.Exit(1)
	}
	for i := range hands {
		child := exec.Command("/proc/self/exe", "-hand", strconv.Itoa(i))
		done, _ := child.StdoutPipe()
		child.Start()
		done.Read(make([]byte, 1))
	}
	fmt.Println("listening on", ln.Addr())
	for {
		ln.Accept()
	}
}

func take(hand int) {
	var most syscall.Rlimit
	syscall.Getrlimit(syscall.RLIMIT_NOFILE, &most)
	syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: most.Max, Max: most.Max})
	var from, to int
	text, _ := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	fmt.Sscan(string(text), &from, &to)
	for port := from + hand; port <= to; port += hands {
		fd, _ := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
		syscall.Bind(fd, &syscall.SockaddrInet4{Port: port})
	}
	fmt.Print("x")
	syscall.Pause()
}
`

// TestTakesPorts: a program that leaves no port for its clients has a verdict. A submission
// cannot choose that it is not graded.
func TestTakesPorts(t *testing.T) {
	var most unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &most); err != nil || most.Max < 10000 {
		t.Skipf("NOT TESTED: a program may have %d files here, and needs more", most.Max)
	}
	r := gradeBeside(t, "p-ports", takesPorts)
	if first := r.FirstFailure(); r.Status != result.Graded || first == nil || first.Code != record.Leak {
		t.Errorf("%s %s: %+v", r.Status, r.Reason, first)
	}
}
