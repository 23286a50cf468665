//go:build unix

// It does not use the given poller. One slice of
// pollfds is handed to poll(2), and the clients are kept in another at the same
// index. Each has a block of 8 KiB of its own, but only while it needs one; the
// socket's readiness is seen in revents. It tells its story on standard error.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"

	"golang.org/x/sys/unix"
)

type guest struct {
	from, to int // what is pending is block[from:to]
	block    []byte
	total    int64
}

type party struct {
	fds    []unix.PollFd // the first is the listener's
	guests []guest       // guests[i] is at fds[i]; the first stands for nobody
	spare  [][]byte
}

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	err := run(*listen)
	fmt.Fprintln(os.Stderr, "echo-poll:", err)
	os.Exit(1)
}

func run(addr string) error {
	ln, bound, err := listenOn(addr)
	if err != nil {
		return err
	}
	fmt.Println("listening on", bound)
	p := &party{
		fds:    []unix.PollFd{{Fd: int32(ln), Events: unix.POLLIN}},
		guests: make([]guest, 1),
	}
	for {
		if _, err := unix.Poll(p.fds, -1); err == unix.EINTR {
			continue
		} else if err != nil {
			return fmt.Errorf("poll: %w", err)
		}
		// From the end: a guest who goes is replaced by the last one, who has
		// had a turn already.
		for i := len(p.fds) - 1; i > 0; i-- {
			if p.fds[i].Revents == 0 {
				continue
			}
			if stay, why := p.turn(i); !stay {
				p.bye(i, why)
			}
		}
		if p.fds[0].Revents != 0 {
			if err := p.welcome(ln); err != nil {
				return err
			}
		}
	}
}

func (p *party) welcome(ln int) error {
	fd, _, err := unix.Accept(ln)
	if notNow(err) || err == unix.ECONNABORTED {
		return nil
	}
	if err != nil {
		return fmt.Errorf("accept: %w", err)
	}
	unix.CloseOnExec(fd)
	if err := unix.SetNonblock(fd, true); err != nil {
		return err
	}
	p.fds = append(p.fds, unix.PollFd{Fd: int32(fd), Events: unix.POLLIN})
	p.guests = append(p.guests, guest{})
	fmt.Fprintln(os.Stderr, "welcome", fd, "of", len(p.fds)-1)
	return nil
}

func (p *party) bye(i int, why error) {
	fd := int(p.fds[i].Fd)
	fmt.Fprintln(os.Stderr, "goodbye", fd, "after", p.guests[i].total, "bytes:", why)
	p.giveBack(&p.guests[i])
	last := len(p.fds) - 1
	p.fds[i], p.guests[i] = p.fds[last], p.guests[last]
	p.fds = p.fds[:last]
	p.guests = slices.Delete(p.guests, last, last+1)
	unix.Close(fd)
}

func (p *party) giveBack(g *guest) {
	if g.block != nil && len(p.spare) < 8 {
		p.spare = append(p.spare, g.block)
	}
	g.block = nil
}

func (p *party) borrow() []byte {
	if n := len(p.spare); n > 0 {
		b := p.spare[n-1]
		p.spare = p.spare[:n-1]
		return b
	}
	return make([]byte, 8<<10)
}

// turn reports whether the guest stays, and if not, why: nil is a good end.
func (p *party) turn(i int) (stay bool, why error) {
	g, f := &p.guests[i], &p.fds[i]
	fd := int(f.Fd)
	if g.block == nil {
		g.block = p.borrow()
		n, err := unix.Read(fd, g.block)
		if notNow(err) {
			p.giveBack(g)
			return true, nil
		}
		if err != nil || n == 0 {
			return false, err
		}
		g.from, g.to = 0, n
	}
	n, err := unix.Write(fd, g.block[g.from:g.to])
	if err != nil && !notNow(err) {
		return false, err
	}
	if err == nil {
		g.from += n
		g.total += int64(n)
	}
	f.Events = unix.POLLOUT
	if g.from == g.to {
		f.Events = unix.POLLIN
		p.giveBack(g)
	}
	return true, nil
}
