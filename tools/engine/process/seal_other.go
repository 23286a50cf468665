//go:build !linux

package process

// Seal does nothing here.
func Seal() {}

// Fences says that this system cannot keep a program in its room.
func Fences() int { return 0 }
