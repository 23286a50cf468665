package process

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The test binary plays the programs under test: argv[0] tells which.
const helperName = "test-program:"

var helpers = map[string]func(args []string){
	"env":      func([]string) { fmt.Print(strings.Join(os.Environ(), "\n")) },
	"files":    helpFiles,
	"print":    helpPrint,
	"stubborn": helpStubborn,
	"sleep":    func([]string) { helpSleep() },
	"daemon":   func(args []string) { helpDaemon(args) },
	"hop":      helpHop,
	"tree":     helpTree,
	"orphans":  helpOrphans,
	"parent":   helpParent,
	"clean":    helpClean,
	"pry":      helpPry,
	"look":     helpLook,
	"sealed":   helpSealed,
}

func TestMain(m *testing.M) {
	if name, ok := strings.CutPrefix(os.Args[0], helperName); ok {
		helpers[name](os.Args[1:])
		os.Exit(0)
	}
	code := m.Run()
	if strays := Sweep(); len(strays) > 0 {
		fmt.Fprintln(os.Stderr, "strays after the tests:", strays)
		code = 1
	}
	if left := remaining(); len(left) > 0 {
		fmt.Fprintln(os.Stderr, "processes after the tests:", left)
		code = 1
	}
	os.Exit(code)
}

// remaining lists the children of the test binary, dead or alive, and all that
// carry a mark of it.
func remaining() []string {
	var left []string
	for _, e := range readEntries() {
		if e.ppid == os.Getpid() || e.pid != os.Getpid() && hasMark(e.pid, markBase()) {
			left = append(left, fmt.Sprintf("%c %v", e.state, e.stray()))
		}
	}
	return left
}

// self returns the path of the test binary.
func self() string {
	path, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return path
}

// options returns the options to start a helper.
func options(name string, args ...string) Options {
	return Options{Path: self(), Argv0: helperName + name, Args: args}
}

// command returns a command that a helper can start: another helper.
func command(name string, args ...string) *exec.Cmd {
	return &exec.Cmd{Path: self(), Args: append([]string{helperName + name}, args...),
		SysProcAttr: &syscall.SysProcAttr{}}
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(99)
	}
}

// helpFiles prints the descriptors it was started with. Those the Go runtime
// opens for itself are "anon_inode:" things and limits under /sys, and the
// directory that is read here is "/proc/...".
func helpFiles([]string) {
	names, err := filepath.Glob("/proc/self/fd/*")
	must(err)
	for _, name := range names {
		target, err := os.Readlink(name)
		own := func(prefix string) bool { return strings.HasPrefix(target, prefix) }
		if err == nil && !slices.ContainsFunc([]string{"anon_inode:", "/sys/", "/proc/"}, own) {
			fmt.Println(filepath.Base(name), target)
		}
	}
}

// helpPrint prints that many bytes.
func helpPrint(args []string) {
	n, err := strconv.Atoi(args[0])
	must(err)
	w := bufio.NewWriterSize(os.Stdout, 100_000)
	for i := range n {
		b := byte('x')
		if i%64 == 63 {
			b = '\n'
		}
		must(w.WriteByte(b))
	}
	must(w.Flush())
}

// helpSleep announces itself and sleeps for good. It keeps its output open,
// unless its environment is empty.
func helpSleep() {
	fmt.Println("ready", os.Getpid())
	if len(os.Environ()) == 0 {
		os.Stdout.Close()
	}
	time.Sleep(time.Hour)
}

// helpStubborn ignores every signal that can be ignored.
func helpStubborn([]string) {
	signal.Ignore()
	helpSleep()
}

// helpDaemon starts a sleeper in a session of its own and ends, which hands
// the sleeper to others. "clean" gives it an empty environment, "live" stays.
func helpDaemon(args []string) {
	c := command("sleep")
	c.SysProcAttr.Setsid = true
	c.Stdout = os.Stdout
	if args[0] == "clean" {
		c.Env = []string{}
	}
	must(c.Start())
	if args[0] == "live" {
		time.Sleep(time.Hour)
	}
}

// helpHop starts itself again in a new session and ends, over and over: it is
// somebody else by the time it is looked at. It does not do so forever.
func helpHop(args []string) {
	n, err := strconv.Atoi(args[0])
	must(err)
	if n == 0 {
		fmt.Println("the end")
		return
	}
	c := command("hop", strconv.Itoa(n-1))
	c.SysProcAttr.Setsid = true
	c.Stdout = os.Stdout
	if n%100 == 0 {
		fmt.Println(n)
	}
	must(c.Start())
}

// helpTree starts two of itself, each in a session of its own, down to the
// given depth. All stay.
func helpTree(args []string) {
	n, err := strconv.Atoi(args[0])
	must(err)
	for range 2 {
		if n > 0 {
			c := command("tree", strconv.Itoa(n-1))
			c.SysProcAttr.Setsid = true
			c.Stdout = os.Stdout
			must(c.Start())
		}
	}
	helpSleep()
}

// helpOrphans starts shells that leave a child, which ends at once, behind.
func helpOrphans([]string) {
	for range 20 {
		must(exec.Command("/bin/sh", "-c", "(exec sleep 0.01) & exit 0").Run())
	}
	helpSleep()
}

// helpParent is a caller of this package that gets killed.
func helpParent([]string) {
	p, err := Start(options("sleep"))
	must(err)
	for ok := false; !ok; _, ok = p.Stdout().FirstLine() {
		time.Sleep(time.Millisecond)
	}
	line, _ := p.Stdout().FirstLine()
	fmt.Println(line)
	time.Sleep(time.Hour)
}

// helpClean is a caller that was started with a descriptor too many and with
// SIGINT ignored. Its program gets neither.
func helpClean([]string) {
	if _, err := unix.FcntlInt(3, unix.F_GETFD, 0); err != nil || !signal.Ignored(unix.SIGINT) {
		fmt.Println("not started as it should be:", err)
		return
	}
	p, err := Start(options("files"))
	must(err)
	<-p.Done()
	p.End()
	fmt.Printf("%s", p.Stdout().Bytes())
	p, err = Start(Options{Path: "/bin/sh", Args: []string{"-c", "kill -INT $$; echo still there"}})
	must(err)
	<-p.Done()
	p.End()
	status, _ := p.Status()
	fmt.Println(status)
}
