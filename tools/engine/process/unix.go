//go:build unix

package process

import (
	"fmt"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// environment returns the environment of the program.
func environment(env []string, mark string) []string {
	// The mark comes first, so that a reader of the environment that stops
	// early still sees it.
	return append([]string{mark}, env...)
}

// Signal sends a signal to the process itself, not to its children. The name
// is as for kill(1), "TERM" or "SIGTERM". An unknown name is an error, as is a
// process that has ended ([os.ErrProcessDone]).
func (p *Process) Signal(name string) error {
	sig := unix.SignalNum("SIG" + strings.TrimPrefix(name, "SIG"))
	if sig == 0 {
		return fmt.Errorf("unknown signal %q", name)
	}
	return p.proc.Signal(sig)
}

// statusOf translates the state of an ended process.
func statusOf(state *os.ProcessState) Status {
	ws, ok := state.Sys().(syscall.WaitStatus)
	if !ok || !ws.Signaled() {
		return Status{Code: state.ExitCode()}
	}
	name := unix.SignalName(ws.Signal())
	if name == "" { // a real-time signal
		name = fmt.Sprintf("SIG%d", int(ws.Signal()))
	}
	return Status{Code: -1, Signal: name}
}

// oneLine makes a command line of arguments that may contain anything, and
// keeps it short.
func oneLine(args []string) string {
	const most = 200
	s := strings.ToValidUTF8(strings.Join(args, " "), "?")
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most]) + "..."
	}
	return s
}
