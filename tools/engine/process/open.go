package process

import "sync/atomic"

// leftOpen says that no program that is started is closed off: see LeaveOpen.
var leftOpen atomic.Bool

// LeaveOpen has programs that are started from here on run as any program of this user
// does: Options.Room does not count, no call is refused, and root's powers stay. That a
// program ends with all that it has started, and what is kept of its output, is not changed.
func LeaveOpen() { leftOpen.Store(true) }

// IsLeftOpen reports whether LeaveOpen has been called.
func IsLeftOpen() bool { return leftOpen.Load() }
