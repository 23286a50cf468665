package probe

import (
	"encoding/binary"
	"strings"

	"golang.org/x/sys/unix"
)

// Changes is the list of what has happened in a folder.
type Changes struct {
	fd  int
	all []Change
}

func watchDir(dir string) (*Changes, error) {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return nil, err
	}
	const events = unix.IN_CREATE | unix.IN_MOVED_TO | unix.IN_DELETE | unix.IN_MOVED_FROM | unix.IN_ATTRIB |
		unix.IN_CLOSE
	if _, err := unix.InotifyAddWatch(fd, dir, events|unix.IN_ONLYDIR); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return &Changes{fd: fd}, nil
}

// Since returns all changes so far. The kernel notes them while they happen, so none
// that is over is missing.
func (c *Changes) Since() []Change {
	buf := make([]byte, 64<<10)
	for {
		n, err := unix.Read(c.fd, buf)
		if err == unix.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			return c.all
		}
		c.read(buf[:n])
	}
}

// read reads structs inotify_event, each with a name behind it.
func (c *Changes) read(b []byte) {
	for len(b) >= unix.SizeofInotifyEvent {
		mask := binary.NativeEndian.Uint32(b[4:])
		end := min(unix.SizeofInotifyEvent+int(binary.NativeEndian.Uint32(b[12:])), len(b))
		c.all = append(c.all, Change{
			Name: strings.TrimRight(string(b[unix.SizeofInotifyEvent:end]), "\x00"),
			Made: mask&(unix.IN_CREATE|unix.IN_MOVED_TO) != 0,
			Gone: mask&(unix.IN_DELETE|unix.IN_MOVED_FROM) != 0,
			Attr: mask&unix.IN_ATTRIB != 0,
			Shut: mask&unix.IN_CLOSE != 0,
		})
		b = b[end:]
	}
}

// Close ends the watch.
func (c *Changes) Close() { unix.Close(c.fd) }
