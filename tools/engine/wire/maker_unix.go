//go:build unix

package wire

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// dialSlice is how long, in milliseconds, a connect under way is waited for
// before the context is looked at again.
const dialSlice = 20

// socket makes a socket for host, with w's buffers. Its second result is the
// address, port included, in the kernel's form.
func (m Maker) socket(addr netip.AddrPort, w Window) (fd int, sa unix.Sockaddr, err error) {
	ip := addr.Addr()
	fd, err = m(!ip.Is4())
	if err != nil {
		return -1, nil, err
	}
	if w != Default {
		err = w.set(fd)
	}
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		unix.Close(fd)
		return -1, nil, err
	}
	if ip.Is4() {
		return fd, &unix.SockaddrInet4{Addr: ip.As4(), Port: int(addr.Port())}, nil
	}
	return fd, &unix.SockaddrInet6{Addr: ip.As16(), Port: int(addr.Port())}, nil
}

func (m Maker) dial(ctx context.Context, name, addr string, w Window) (*Conn, error) {
	to, err := netip.ParseAddrPort(addr)
	if err != nil {
		return nil, err
	}
	fd, sa, err := m.socket(to, w)
	if err != nil {
		return nil, err
	}
	if err := connect(ctx, fd, sa); err != nil {
		unix.Close(fd)
		if err == connReset {
			return nil, ErrReset
		}
		return nil, fmt.Errorf("connect: %w", err)
	}
	f := os.NewFile(uintptr(fd), name)
	defer f.Close() // package net works with a copy
	c, err := net.FileConn(f)
	if err != nil {
		return nil, err
	}
	if c.RemoteAddr() == nil { // reset since connect returned: getpeername(2) says ENOTCONN
		c.Close()
		return nil, ErrReset
	}
	c.(*net.TCPConn).SetKeepAlive(false) // as in Dial
	return newConn(name, c.(*net.TCPConn)), nil
}

// connect connects a non-blocking socket: connect(2), EINPROGRESS.
func connect(ctx context.Context, fd int, sa unix.Sockaddr) error {
	err := unix.Connect(fd, sa)
	if err != unix.EINPROGRESS && err != unix.EINTR {
		return err
	}
	for {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}, dialSlice)
		if err != nil && err != unix.EINTR {
			return err
		}
		if n > 0 {
			errno, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
			if err == nil && errno != 0 {
				err = unix.Errno(errno)
			}
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// bound returns a socket that is bound to this port of host, or to a free one
// where it is 0, and the address. Beside it another address of the namespace
// may have the port.
func (m Maker) bound(host string, port int, w Window) (fd int, addr string, err error) {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return -1, "", err
	}
	fd, sa, err := m.socket(netip.AddrPortFrom(ip, uint16(port)), w)
	if err != nil {
		return -1, "", err
	}
	if port != 0 {
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1) // as package net does
	}
	if err := unix.Bind(fd, sa); err != nil {
		unix.Close(fd)
		return -1, "", fmt.Errorf("bind: %w", err)
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		unix.Close(fd)
		return -1, "", fmt.Errorf("getsockname: %w", err)
	}
	return fd, net.JoinHostPort(host, fmt.Sprint(portOf(name))), nil
}

func (m Maker) listen(name, host string, port int, w Window) (*Listener, error) {
	fd, addr, err := m.bound(host, port, w)
	if err != nil {
		return nil, err
	}
	if err := unix.Listen(fd, unix.SOMAXCONN); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("listen: %w", err)
	}
	f := os.NewFile(uintptr(fd), addr)
	defer f.Close() // package net works with a copy
	ln, err := net.FileListener(f)
	if err != nil {
		return nil, err
	}
	return &Listener{Name: name, Addr: addr, tcp: ln.(*net.TCPListener)}, nil
}

func (m Maker) reserve(name, host string, port int) (*Listener, error) {
	fd, addr, err := m.bound(host, port, Default)
	if err != nil {
		return nil, err
	}
	return heldBy(name, addr, claim(fd)), nil
}
