//go:build unix && !linux

package process

// fionread asks how many bytes wait in a pipe: _IOR('f', 127, int) on all
// systems that come from BSD.
const fionread = 0x4004667f
