package box

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// look and status are arguments with which this test binary tells what it sees,
// and what it may do.
const (
	look   = "box-look"
	status = "box-status"
	fork   = "box-fork"
	grow   = "box-grow"
	nest   = "box-nest"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == look {
		lookAround(os.Args[2:])
		return
	}
	if len(os.Args) > 2 && os.Args[1] == status {
		data, _ := os.ReadFile("/proc/self/status")
		os.Stdout.Write(data)
		return
	}
	if len(os.Args) > 1 && os.Args[1] == fork {
		fmt.Println(forks(2 * leastTasks))
		return
	}
	if len(os.Args) > 1 && os.Args[1] == nest {
		fmt.Println(nests())
		return
	}
	if len(os.Args) > 1 && os.Args[1] == grow {
		for kept := [][]byte(nil); len(kept) < 64; {
			kept = append(kept, bytes.Repeat([]byte{1}, 16<<20))
		}
		fmt.Println("has a gigabyte")
		return
	}
	os.Exit(m.Run())
}

// forks starts up to n copies of this process that sleep, and returns how many it got.
func forks(n int) int {
	hour := unix.Timespec{Sec: 3600}
	for i := range n {
		pid, _, errno := unix.RawSyscall(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0)
		if errno != 0 {
			return i
		}
		for pid == 0 { // a copy has one thread, and nothing of Go's runs in it
			unix.RawSyscall(unix.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&hour)), 0, 0)
		}
	}
	return n
}

// nests starts a process that is root of a network of its own, as scenarios about packets do.
func nests() error {
	cmd := exec.Command("/proc/self/exe", look, "/")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWUSER | unix.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}}}
	return cmd.Run()
}

// lookAround says what a program in a box can do with each of these paths, and
// which process it is.
func lookAround(paths []string) {
	fmt.Println("pid", os.Getpid())
	for _, p := range paths {
		entries, _ := os.ReadDir(p)
		err := os.WriteFile(filepath.Join(p, "written"), nil, 0o644)
		fmt.Println(filepath.Base(p), len(entries), err == nil)
	}
	_, err := net.Listen("tcp", os.Getenv("TAKEN"))
	fmt.Println("listens", err == nil)
}

// needsClosed skips a test where this machine gives no closed box.
func needsClosed(t *testing.T) {
	t.Helper()
	if p := Probe(); p.Level != Closed {
		t.Skip("this machine gives less: " + p.Why)
	}
}

// A box hides, keeps, and has a network in which no port is taken.
func TestClosed(t *testing.T) {
	needsClosed(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	top := t.TempDir()
	var dirs []string
	for _, name := range []string{"secret", "kept", "fresh", "changed", "plain"} {
		dir := filepath.Join(top, name)
		if name != "secret" && name != "plain" {
			dir = filepath.Join(top, "secret", name)
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, dir)
	}
	var said bytes.Buffer
	cmd := Command(Closed, Options{Args: append([]string{look}, dirs...), Dir: dirs[1], Hide: dirs[:1], Keep: dirs[1:3],
		Fresh: dirs[2:3], Write: dirs[3:4], Env: []string{"TAKEN=" + ln.Addr().String()}, Stdout: &said, Stderr: &said})
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
	// In the hidden folder there are those that are shown again.
	want := "pid 1\nsecret 3 true\nkept 1 false\nfresh 0 true\nchanged 1 true\nplain 1 false\nlistens true\n"
	if said.String() != want {
		t.Errorf("in the box:\n%s\nwant:\n%s", said.String(), want)
	}
	if _, err := os.Stat(filepath.Join(top, "secret", "written")); err == nil {
		t.Error("what is written in a hidden folder is there afterwards")
	}
	if _, err := os.Stat(filepath.Join(top, "secret", "changed", "written")); err != nil {
		t.Errorf("what is written where it may be is lost: %v", err)
	}
}

// The first process of a box may do no more than any other: it has no
// capability, and can get none.
func TestGivesUp(t *testing.T) {
	needsClosed(t)
	var said bytes.Buffer
	cmd := Command(Closed, Options{Args: []string{status, "x"}, Dir: "/", Stdout: &said})
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"CapEff:\t0000000000000000", "CapPrm:\t0000000000000000", "NoNewPrivs:\t1"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("no %q in:\n%s", want, said.String())
		}
	}
}

// TestNests: in a box there can be namespaces, whoever has started it, and scenarios that
// need one are not skipped.
func TestNests(t *testing.T) {
	if p := Probe(); p.Level == Open {
		t.Skip("this machine gives no boxes: " + p.Why)
	}
	for l := Network; l <= Probe().Level; l++ {
		var said bytes.Buffer
		cmd := Command(l, Options{Args: []string{nest}, Dir: "/", Stdout: &said, Stderr: &said})
		if err := cmd.Run(); err != nil || said.String() != "<nil>\n" {
			t.Errorf("%v: %v: %s", l, err, said.String())
		}
	}
}

// What forks without end comes to the bound of its box, and no further; when the first
// process of the box ends all do, and nothing holds its output any more.
func TestTasks(t *testing.T) {
	needsClosed(t)
	const most = leastTasks + 20
	counted := Probe().Counted
	if counted == "" {
		t.Skip("nothing counts tasks here: that needs Linux 6.14, or an ordinary user")
	}
	var said bytes.Buffer
	cmd := Command(Closed, Options{Args: []string{fork}, Dir: "/", Tasks: most, Stdout: &said, Stderr: &said})
	cmd.WaitDelay = time.Minute
	err := cmd.Run()
	n, noNumber := strconv.Atoi(strings.TrimSpace(said.String()))
	if err != nil || noNumber != nil || n < most/2 || n >= most {
		t.Errorf("where %d tasks may be it started %q: %v", most, said.String(), err)
	}
}

// A process that wants more memory than it may have does not get it.
func TestData(t *testing.T) {
	needsClosed(t)
	var said bytes.Buffer
	cmd := Command(Closed, Options{Args: []string{grow}, Dir: "/", Data: 256 << 20, Stdout: &said, Stderr: &said})
	if err := cmd.Run(); err == nil || !strings.Contains(said.String(), "out of memory") &&
		!strings.Contains(said.String(), "cannot allocate memory") {
		t.Errorf("%v: %.300s", err, said.String())
	}
}
