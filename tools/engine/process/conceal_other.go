//go:build !linux

package process

// Conceals reports whether Conceal does something.
func Conceals() bool { return false }
