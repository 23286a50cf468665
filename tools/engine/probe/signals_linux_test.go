//go:build !noevidence

package probe

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func init() {
	roles["alarm"] = func() { asks(unix.SIGALRM) }
	roles["asks"] = func() { asks(unix.SIGINT, unix.SIGQUIT) }
}

// asks asks for signals, and then waits for the end of its standard input.
func asks(sigs ...os.Signal) {
	signal.Notify(make(chan os.Signal, 1), sigs...)
	announce("")
	io.Copy(io.Discard, os.Stdin)
}

// A program that asks for SIGALRM may have an interval timer, which is in no file.
func TestLookAlarm(t *testing.T) {
	c := start(t, "alarm", true)
	untilState(t, c.pid(), Timed)
	neverAsleep(t, c.pid())
	untilState(t, start(t, "asks", true).pid(), Asleep) // for other signals
}

func TestLookAlarmOfOthers(t *testing.T) {
	perl, err := exec.LookPath("perl")
	if err != nil {
		t.Skip("there is no perl")
	}
	for script, want := range map[string]State{
		`$| = 1; print "ready\n"; <STDIN>`:                      Asleep,
		`$SIG{ALRM} = sub {}; $| = 1; print "ready\n"; <STDIN>`: Timed,
		`use POSIX; sigprocmask(SIG_BLOCK, POSIX::SigSet->new(SIGALRM)); $| = 1; print "ready\n"; sysread(STDIN, $_, 1)`: Timed,
	} {
		c := run(t, exec.Command(perl, "-e", script), true)
		untilState(t, c.pid(), want)
		if want == Timed {
			neverAsleep(t, c.pid())
		}
	}
}

// Whatever a program asks for, it tells its goroutines.
func TestDumpSignal(t *testing.T) {
	for role, want := range map[string]string{"read": "QUIT", "asks": "SYS"} {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		cmd := exec.CommandContext(ctx, os.Args[0])
		cmd.Env = append(os.Environ(), roleVar+"="+role, "GOTRACEBACK=single")
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		c := run(t, cmd, role == "asks")
		untilState(t, c.pid(), Asleep)
		got := DumpSignal(c.pid())
		if got != want {
			t.Errorf("%s: SIG%s, want SIG%s", role, got, want)
		}
		unix.Kill(c.pid(), unix.SignalNum("SIG"+got))
		cmd.Wait()
		_, gs := ParseStacks("its own words\n" + stderr.String())
		if len(gs) < 2 || BeforeDump("its own words\n"+stderr.String()) != "its own words\n" {
			t.Errorf("%s: %d goroutines in %q", role, len(gs), strings.SplitN(stderr.String(), "\n", 3))
		}
	}
}
