//go:build !noevidence

package wire

import "golang.org/x/sys/unix"

// Segments returns how many segments with data in them have come on c, as the
// kernel has counted them (TCP_INFO, tcp(7)).
func (c *Conn) Segments() (n int, err error) {
	err = onFD(c.sock, func(fd int) error {
		info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
		if err == nil {
			n = int(info.Data_segs_in)
		}
		return err
	})
	return n, err
}
