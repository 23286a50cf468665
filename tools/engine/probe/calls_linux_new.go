//go:build linux && !noevidence && (arm64 || riscv64 || loong64)

package probe

// legacy judges the system calls that newer processors do not have.
func legacy(call) (wait, bool) { return 0, false }

func (c call) legacyTimeout() (int32, bool) { return 0, false }
