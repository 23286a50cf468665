//go:build !linux

package process

// Seal does nothing here.
func Seal() {}

// Seals says that Seal does nothing.
const Seals = false

// Fences says that this system cannot keep a program in its room.
func Fences() int { return 0 }

// RefusesLasting says that what outlives every process can be made.
func RefusesLasting() bool { return false }
