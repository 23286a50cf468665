//go:build unix

// It goes on reading from a client while less than
// 128 KiB are pending, remembers that the FIN has come, and closes when the
// last byte has gone. A socket may be watched for both at once, but for writing
// only while something is pending.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"

	"golang.org/x/sys/unix"
)

const highWater = 128 << 10

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	ln, bound, err := listenOn(*listen)
	if err == nil {
		err = loop(ln, func() { fmt.Println("listening on", bound) })
	}
	fmt.Fprintln(os.Stderr, "echo-poll:", err)
	os.Exit(1)
}

type peer struct {
	fd      int
	out     []byte
	ended   bool // its FIN has been read
	watched interest
}

func loop(ln int, announce func()) error {
	p, err := newPoller()
	if err != nil {
		return err
	}
	if err := p.add(ln, toRead); err != nil {
		return err
	}
	announce()
	peers := map[int]*peer{}
	scratch := make([]byte, 16<<10)
	for {
		ready, err := p.wait()
		if err != nil {
			return err
		}
		for _, fd := range ready {
			if fd == ln {
				fd, err := accept(ln)
				if err != nil {
					return err
				}
				if fd < 0 {
					continue
				}
				peers[fd] = &peer{fd: fd, watched: toRead}
				if err := p.add(fd, toRead); err != nil {
					return err
				}
				continue
			}
			c := peers[fd]
			done, err := c.step(scratch)
			if want := c.wants(); err == nil && !done && want != c.watched {
				err = p.change(fd, want)
				c.watched = want
			}
			if err != nil {
				log.Println("descriptor", fd, err)
			}
			if err != nil || done {
				p.remove(fd)
				delete(peers, fd)
				unix.Close(fd)
			}
		}
	}
}

// accept returns -1 when nobody is there.
func accept(ln int) (int, error) {
	fd, _, err := unix.Accept(ln)
	if notNow(err) || err == unix.ECONNABORTED {
		return -1, nil
	}
	if err != nil {
		return -1, fmt.Errorf("accept: %w", err)
	}
	unix.CloseOnExec(fd)
	return fd, unix.SetNonblock(fd, true)
}

func (c *peer) wants() (w interest) {
	if len(c.out) > 0 {
		w |= toWrite
	}
	if !c.ended && len(c.out) < highWater {
		w |= toRead
	}
	return w
}

// step reads once, if there is room for more, and writes once, if there is
// anything to be written.
func (c *peer) step(scratch []byte) (done bool, err error) {
	if !c.ended && len(c.out) < highWater {
		n, err := unix.Read(c.fd, scratch)
		switch {
		case notNow(err):
		case err != nil:
			return false, fmt.Errorf("read: %w", err)
		case n == 0:
			c.ended = true
		default:
			c.out = append(c.out, scratch[:n]...)
		}
	}
	if len(c.out) > 0 {
		n, err := unix.Write(c.fd, c.out)
		switch {
		case notNow(err):
		case err != nil:
			return false, fmt.Errorf("write: %w", err)
		case n == len(c.out):
			c.out = nil
		default:
			c.out = c.out[:copy(c.out, c.out[n:])]
		}
	}
	return c.ended && len(c.out) == 0, nil
}
