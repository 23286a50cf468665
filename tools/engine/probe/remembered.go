package probe

import "net/netip"

// Remembered returns how many of these IPv4 addresses are found in the memory
// that the processes can write to: as four bytes in either order, or as text.
// Some may be in memory that is free and has not been used again.
func Remembered(pids []int, addrs []netip.Addr) (int, error) { return remembered(pids, addrs) }

// Holds returns how many of these texts are found in the memory that the processes can
// write to, which may be free.
func Holds(pids []int, texts [][]byte) (int, error) { return holds(pids, texts) }
