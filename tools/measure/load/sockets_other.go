//go:build !linux

package main

import (
	"net"

	"loopback/tools/measure/openloop"
)

// sockets are there on Linux alone.
type sockets struct {
	openloop.Wire
	ends []end
}

func newSockets([]*net.TCPConn) (*sockets, error) { return nil, errNoEvidence }

func (s *sockets) restart() {}
func (s *sockets) close()   {}
