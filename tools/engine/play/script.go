package play

import (
	"fmt"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// scriptT is the testscript.T that runs one script: it keeps the log, which is
// not for learners, and knows where the script failed.
type scriptT struct {
	mu     sync.Mutex
	log    strings.Builder
	failed bool
}

// run runs f to its end, or until FailNow or Skip stops it.
func (t *scriptT) run(f func()) {
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		f()
	}()
	<-finished
}

// Run runs one script; it is the only one, so it needs no name.
func (t *scriptT) Run(_ string, f func(testscript.T)) { t.run(func() { f(t) }) }

// Parallel does nothing: who runs beside whom is decided by the caller.
func (t *scriptT) Parallel() {}

// Verbose reports false: the log is read by [place] alone.
func (t *scriptT) Verbose() bool { return false }

// Log keeps what testscript says.
func (t *scriptT) Log(args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintln(&t.log, args...)
}

// Fatal logs and fails.
func (t *scriptT) Fatal(args ...any) {
	t.Log(args...)
	t.FailNow()
}

// FailNow ends the script.
func (t *scriptT) FailNow() {
	t.failed = true
	runtime.Goexit()
}

// Skip ends the script; scenarios skip through the scene, which knows why.
func (t *scriptT) Skip(args ...any) {
	t.Log(args...)
	runtime.Goexit()
}

var failLine = regexp.MustCompile(`(?m)^FAIL: .*?:(\d+): (.*)`)

// place returns the line of the scenario at which it ended, and what
// testscript said there.
func (t *scriptT) place() (int, string) {
	m := failLine.FindStringSubmatch(t.log.String())
	if m == nil {
		return 0, strings.TrimSpace(t.log.String())
	}
	n, _ := strconv.Atoi(m[1])
	return n, m[2]
}
