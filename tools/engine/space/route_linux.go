//go:build !noevidence

package space

import (
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// rtentry is struct rtentry of <linux/route.h>, what SIOCADDRT takes.
type rtentry struct {
	_            uintptr
	dst          unix.RawSockaddrInet4
	gateway      unix.RawSockaddrInet4
	mask         unix.RawSockaddrInet4
	flags        uint16
	_            int16
	_            uintptr
	_            unsafe.Pointer
	metric       int16
	device       *byte
	mtu, window  uintptr
	initialRound uint16
}

// rejectRoute does what "route add -host ADDR reject" does.
func rejectRoute(addr string) error {
	ip, err := netip.ParseAddr(addr)
	if err != nil {
		return err
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	route := rtentry{flags: unix.RTF_UP | unix.RTF_HOST | unix.RTF_REJECT}
	route.dst = unix.RawSockaddrInet4{Family: unix.AF_INET, Addr: ip.As4()}
	route.mask.Family = unix.AF_INET
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCADDRT, uintptr(unsafe.Pointer(&route)))
	if errno != 0 {
		return errno
	}
	return nil
}
