package process

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// helpPry tries what a program under test must not be able to do to the program
// that has started it, and prints what it could. Its argument is a file that is not
// its own.
func helpPry(args []string) {
	parent := fmt.Sprintf("/proc/%d/", os.Getppid())
	if _, err := os.ReadFile(parent + "environ"); err == nil {
		fmt.Println("reads its parent's environment")
	}
	if _, err := os.Readlink(parent + "cwd"); err == nil {
		fmt.Println("knows where its parent is")
	}
	if f, err := os.OpenFile(parent+"mem", os.O_RDWR, 0); err == nil {
		f.Close()
		fmt.Println("opens its parent's memory")
	}
	if _, err := os.Readlink(parent + "fd/1"); err == nil {
		fmt.Println("sees its parent's descriptors")
	}
	if unix.PtraceSeize(os.Getppid()) == nil {
		fmt.Println("traces its parent")
	}
	if syscall.Kill(os.Getppid(), 0) == nil {
		fmt.Println("may signal its parent")
	}
	if os.WriteFile(args[0], []byte("changed"), 0o644) == nil {
		fmt.Println("writes a file elsewhere")
	}
	if os.Truncate(args[0], 0) == nil {
		fmt.Println("shortens a file elsewhere")
	}
	if os.Remove(args[0]) == nil {
		fmt.Println("removes a file elsewhere")
	}
	if os.WriteFile("own", nil, 0o644) != nil {
		fmt.Println("cannot write in its room")
	}
	if sid, _ := unix.Getsid(0); sid != os.Getpid() {
		fmt.Println("is in a session of another")
	}
	if f, err := os.OpenFile("/dev/tty", os.O_RDWR, 0); err == nil {
		f.Close()
		fmt.Println("has a controlling terminal")
	}
}

// helpSealed seals itself and starts helpPry without a room.
func helpSealed(args []string) {
	Seal()
	o := options("pry", args...)
	o.Dir = filepath.Dir(args[0])
	p, err := Start(o)
	must(err)
	<-p.Done()
	p.End()
	fmt.Print(string(p.Stdout().Bytes()), string(p.Stderr().Bytes()))
}

// What a program in a room cannot do, also as root.
func TestFence(t *testing.T) {
	if Fences() == 0 {
		t.Skip("this kernel has no Landlock, or it is not switched on")
	}
	o := options("pry", someFile(t))
	o.Dir = t.TempDir()
	o.Room = o.Dir
	got := output(t, o)
	if Fences() < 2 {
		got = strings.ReplaceAll(got, "may signal its parent\n", "")
	}
	if got != "" {
		t.Errorf("the program\n%s", got)
	}
}

// A program that is sealed is closed to those that it starts, where there is no
// Landlock, too.
func TestSeal(t *testing.T) {
	got := output(t, options("sealed", someFile(t)))
	for _, line := range strings.Split(strings.TrimSpace(got), "\n") {
		switch line {
		case "may signal its parent", "writes a file elsewhere", "shortens a file elsewhere",
			"removes a file elsewhere": // for that a room is needed
		default:
			t.Errorf("the program %s", line)
		}
	}
}

func someFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("kept"), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// output returns what a program printed until its end.
func output(t *testing.T, o Options) string {
	t.Helper()
	p := start(t, o)
	ended(t, p)
	p.End()
	return string(p.Stdout().Bytes()) + string(p.Stderr().Bytes())
}
