package wire

import "context"

// A Maker makes the stream sockets of a network namespace into which the
// grader itself cannot go. The nil Maker stands for the grader's own.
type Maker func(ipv6 bool) (fd int, err error)

// Dial is like the function [Dial], with a socket of m's.
func (m Maker) Dial(ctx context.Context, name, addr string, w Window) (*Conn, error) {
	if m == nil {
		return Dial(ctx, name, addr, w)
	}
	return m.dial(ctx, name, addr, w)
}

// Listen is like the function [Listen], with a socket of m's.
func (m Maker) Listen(name, host string, w Window) (*Listener, error) {
	if m == nil {
		return Listen(name, host, w)
	}
	return m.listen(name, host, 0, w)
}

// listenAt is like Listen, at this port.
func (m Maker) listenAt(name, host string, port int) (*Listener, error) {
	if m == nil {
		return listen(name, host, port, Default)
	}
	return m.listen(name, host, port, Default)
}

// Reserve is like the function [Reserve], with a socket of m's.
func (m Maker) Reserve(name, host string) (*Listener, error) {
	if m == nil {
		return Reserve(name, host)
	}
	return m.reserve(name, host, 0)
}

// reserveAt is like Reserve, at this port.
func (m Maker) reserveAt(name, host string, port int) (*Listener, error) {
	if m == nil {
		return reserve(name, host, port)
	}
	return m.reserve(name, host, port)
}
