//go:build unix

package burner

import (
	"context"
	"math/rand/v2"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// How long a process runs and is stopped in turn, at least and at most.
const (
	leastRun, mostRun         = 300 * time.Millisecond, 2000 * time.Millisecond
	leastStopped, mostStopped = 200 * time.Millisecond, 2200 * time.Millisecond
)

// CanStall reports whether this system can stop a process.
const CanStall = true

// Stall stops p again and again for up to two seconds, as a machine does that has no
// processor for it, until ctx is done. What p grades runs on meanwhile. It leaves p
// running. If this process ends while p is stopped the kernel lets p go on, which is in
// its process group (setpgid(2), orphaned process groups).
func Stall(ctx context.Context, p *os.Process, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 1))
	between := func(least, most time.Duration) time.Duration {
		return least + time.Duration(rng.Int64N(int64(most-least)))
	}
	for wait(ctx, between(leastRun, mostRun)) && p.Signal(unix.SIGSTOP) == nil {
		wait(ctx, between(leastStopped, mostStopped))
		p.Signal(unix.SIGCONT)
	}
}

// wait returns after d, or when ctx is done, and then false.
func wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
