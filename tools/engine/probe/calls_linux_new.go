//go:build linux && !noevidence && (arm64 || riscv64 || loong64)

package probe

import "time"

// vfork is a call that these processors do not have.
const vfork = -1

// legacy judges the system calls that newer processors do not have.
func legacy(call) (wait, bool) { return 0, false }

func (c call) legacyTimeout(int) (time.Duration, bool) { return 0, false }
