//go:build !noevidence

package wire

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Stamp asks the kernel to note when datagrams arrive (SO_TIMESTAMPNS, socket(7)), for
// [Endpoint.Arrived], and returns when it does so, as [Conn.Stamp] does.
func (e *Endpoint) Stamp() error {
	if err := onFD(e.udp, askStamps); err != nil {
		return err
	}
	return awaitStamps()
}

// Arrived says when the datagram that waits for [Endpoint.Receive] came to this machine's
// kernel, however late it is looked at. The datagram stays where it is. It is zero when
// none waits, or nothing was noted.
func (e *Endpoint) Arrived() (at time.Time) {
	control := make([]byte, 128)
	onFD(e.udp, func(fd int) error { // an error says that none waits
		_, n, _, _, err := unix.Recvmsg(fd, make([]byte, 1), control, unix.MSG_PEEK|unix.MSG_DONTWAIT)
		if err == nil {
			at = noted(control[:n])
		}
		return err
	})
	return at
}

// noted returns the time that the kernel has noted beside what was read, or zero.
func noted(control []byte) (at time.Time) {
	messages, _ := unix.ParseSocketControlMessage(control) // torn ones hold no stamp
	for _, m := range messages {
		if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SO_TIMESTAMPNS &&
			len(m.Data) >= int(unsafe.Sizeof(unix.Timespec{})) {
			at = time.Unix((*unix.Timespec)(unsafe.Pointer(&m.Data[0])).Unix())
		}
	}
	return at
}
