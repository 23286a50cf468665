//go:build !linux || noevidence

package wire

import "net"

func setBacklog(*net.TCPListener, int) error { return ErrNoFilter }

func stopListening(*net.TCPListener) error { return ErrNoFilter }
