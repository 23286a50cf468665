//go:build linux && !noevidence && (arm64 || riscv64 || loong64)

package probe

import "time"

// legacy judges the system calls that newer processors do not have.
func legacy(call) (wait, bool) { return 0, false }

func (c call) legacyTimeout(int) (time.Duration, bool) { return 0, false }
