package main

import "net"

// This file is given: see over_unix.go. Here a reset is an error to every call,
// so an end of stream is a FIN.

// isOver reports nothing that a Read has not.
func isOver(*net.TCPConn) bool { return false }
