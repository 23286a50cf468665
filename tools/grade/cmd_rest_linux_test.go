package grade

import (
	"io"
	"net"
	"runtime/debug"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"loopback/tools/engine/result"
)

// What tidies-late takes while it serves a client, and how much of its processor time
// it needs, when that has been served, until it gives it back.
const (
	untidy  = 64 << 20
	tidying = 300 * time.Millisecond
)

func init() {
	tinyHandlers["tidies-late"] = func(conn net.Conn) {
		heap := make([]byte, untidy)
		for i := 0; i < len(heap); i += 4096 {
			heap[i] = 1
		}
		io.CopyN(conn, conn, 1)
		work(tidying)
		heap = nil
		debug.FreeOSMemory()
		io.Copy(io.Discard, conn)
	}
}

// work uses so much processor time.
func work(d time.Duration) {
	used := func() time.Duration {
		var t unix.Timespec
		unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t)
		return time.Duration(t.Nano())
	}
	for end := used() + d; used() < end; {
	}
}

// A program that still has to put away what is counted is waited for, for longer than
// before other commands.
func TestRestBeforeACount(t *testing.T) {
	t.Parallel()
	r := gradeTiny(t, tinyUnit(t, "serve\ndial A\nsend A 'x'\nrecv A 'x'\nmemory 32MiB"), Options{}, "tidies-late", "")
	if got := statuses(r); got != result.Pass {
		t.Errorf("%s; want %s\n%s", got, result.Pass, r.Text())
	}
}
