//go:build unix

package play

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// pulseTaker makes the test binary take its pulse until its standard input ends.
const pulseTaker = "LOOPBACK_TAKE_PULSE"

// A grader that is stopped notices afterwards for how long.
func TestPulse(t *testing.T) {
	if os.Getenv(pulseTaker) != "" {
		stop := takePulse(200 * time.Millisecond)
		fmt.Println("it beats")
		bufio.NewReader(os.Stdin).ReadString('\n')
		fmt.Println(stop())
		os.Exit(0)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestPulse$")
	cmd.Env = append(os.Environ(), pulseTaker+"=1")
	in, _ := cmd.StdinPipe()
	out, err := cmd.StdoutPipe()
	if err != nil || cmd.Start() != nil {
		t.Fatal("it does not start: ", err)
	}
	defer cmd.Wait()
	defer in.Close()
	lines := bufio.NewReader(out)
	lines.ReadString('\n')

	const stopped = 300 * time.Millisecond
	cmd.Process.Signal(unix.SIGSTOP)
	for begun := time.Now(); time.Since(begun) < stopped; {
		time.Sleep(stopped / 10) // for how long it is stopped is what it must notice
	}
	cmd.Process.Signal(unix.SIGCONT)
	fmt.Fprintln(in)
	said, _ := lines.ReadString('\n')
	if late, err := time.ParseDuration(strings.TrimSpace(said)); err != nil || late < stopped/2 {
		t.Errorf("it was stopped for %v, and says %q", stopped, said)
	}
}
