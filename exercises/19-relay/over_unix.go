//go:build unix

package main

import (
	"net"
	"syscall"
)

// This file is given: how to ask what an end of stream was.

// isOver reports whether the kernel has given conn up: since it was reset, or
// since both sides have sent a FIN. Where one side only has, it is not over. A
// reset is reported as an error to one call, the first. If that is a Write that
// was waiting, a Read meets an end of stream, as if a FIN had come.
func isOver(conn *net.TCPConn) bool {
	raw, err := conn.SyscallConn()
	if err != nil {
		return true // closed by this program
	}
	if raw.Control(func(fd uintptr) { _, err = syscall.Getpeername(int(fd)) }) != nil {
		return true
	}
	return err != nil
}
