//go:build !linux

package process

// Adopt does nothing here.
func Adopt() {}

// EndAdopted does nothing here.
func EndAdopted() {}

// EndAdoptedBut does nothing here.
func EndAdoptedBut(map[int]bool) {}
