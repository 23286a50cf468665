//go:build linux && !amd64 && !arm64

package process

// refuseLasting knows the numbers of system calls of two architectures alone.
func refuseLasting() {}

// RefusesLasting says that what outlives every process can be made.
func RefusesLasting() bool { return false }
