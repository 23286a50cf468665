//go:build !unix

package burner

import (
	"context"
	"os"
)

// CanStall reports whether this system can stop a process.
const CanStall = false

// Stall does nothing here.
func Stall(context.Context, *os.Process, uint64) {}
