// Belief: a client that has its word and the end of stream also closes its end.
//
// Nothing makes it do so. Each one that does not costs a descriptor and a goroutine for as long as it likes.
//
// Caught by: 17-refused-and-silent (leak).
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	most := flag.Int("max", 1000, "`clients` that are served at a time")
	perIP := flag.Int("per-ip", 1000, "`clients` of one IP address that are served at a time")
	flag.Parse()
	if flag.NArg() > 0 || *most < 1 || *perIP < 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*listen, newDoor(*most, *perIP)); err != nil {
		fmt.Fprintln(os.Stderr, "guarded:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves the clients that d lets in, until accepting
// fails.
func run(addr string, d *door) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return d.serve(ln)
}

// A door counts the clients that are inside. Many goroutines use it.
type door struct {
	most, perIP int
	leaving     chan struct{} // has a value for each refused client that is still there

	mu     sync.Mutex
	inside int
	from   map[netip.Addr]int // how many of them come from each address; only those that have one
}

// newDoor returns a door with no clients inside.
func newDoor(most, perIP int) *door {
	return &door{most: most, perIP: perIP, leaving: make(chan struct{}, mostLeaving), from: map[netip.Addr]int{}}
}

// enter reports whether there is room for one more client from addr, and takes
// the place.
func (d *door) enter(addr netip.Addr) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.inside == d.most || d.from[addr] == d.perIP {
		return false
	}
	d.inside++
	d.from[addr]++
	return true
}

// leave gives back a place that enter has taken. Of an address without clients
// the door keeps nothing.
func (d *door) leave(addr netip.Addr) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.inside--
	if d.from[addr]--; d.from[addr] == 0 {
		delete(d.from, addr)
	}
}

// serve takes clients from ln, for as long as the program runs, and lets each
// in, or refuses it. It waits for none of them. Its error is one of Accept.
func (d *door) serve(ln net.Listener) error {
	for {
		conn, err := next(ln)
		if err != nil {
			return err
		}
		if addr := addrOf(conn); d.enter(addr) {
			go d.handle(conn, addr)
		} else {
			d.refuse(conn)
		}
	}
}

// handle serves a client that has entered from addr to its end, closes conn and
// gives the place back, whatever happens.
func (d *door) handle(conn net.Conn, addr netip.Addr) {
	defer d.leave(addr)
	defer conn.Close()
	err := echo(conn)
	if err == bufio.ErrBufferFull {
		part(conn, "too long\n")
	}
	if err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

// refuse sends "busy" to a client that cannot be served, and closes conn. It
// does not wait: while mostLeaving others are on their way out, it only sends
// and closes.
func (d *door) refuse(conn net.Conn) {
	select {
	case d.leaving <- struct{}{}:
		go func() {
			defer func() { <-d.leaving }()
			defer conn.Close()
			part(conn, "busy\n")
		}()
	default:
		io.WriteString(conn, "busy\n") // its buffer is empty and has room
		conn.Close()
	}
}

// Bounds for those that cannot stay.
const (
	mostLeaving = 64 // refused clients that are waited for at a time
)

// part sends a last word and a FIN, and takes what the client still sends,
// until its end, or until patience is over: a close with bytes unread would be
// a reset, which may overtake the word.
func part(conn net.Conn, word string) {
	if _, err := io.WriteString(conn, word); err != nil {
		return // it is gone, or reads nothing
	}
	if c, ok := conn.(*net.TCPConn); ok && c.CloseWrite() == nil {
		io.Copy(io.Discard, conn)
	}
}

// maxLine is how long a line may be, its newline included.
const maxLine = 4096

// echo sends each line of the peer back once it is whole, and at the end of
// stream what is there of the last one. For a line that is too long its error
// is bufio.ErrBufferFull.
func echo(conn net.Conn) error {
	r := bufio.NewReaderSize(conn, maxLine)
	for {
		line, err := r.ReadSlice('\n')
		if err == bufio.ErrBufferFull {
			return err
		}
		if len(line) > 0 {
			if _, err := conn.Write(line); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// addrOf returns the IP address of the client at the other end of conn.
func addrOf(conn net.Conn) netip.Addr {
	at, _ := netip.ParseAddrPort(conn.RemoteAddr().String())
	return at.Addr().Unmap() // 10.0.0.1 and ::ffff:10.0.0.1 are the same
}

// next accepts the next client of ln. While there is no file descriptor for it,
// next waits, a little longer each time.
func next(ln net.Listener) (net.Conn, error) {
	for pause := shortest; ; pause = min(2*pause, longest) {
		conn, err := ln.Accept()
		if !errors.Is(err, syscall.EMFILE) && !errors.Is(err, syscall.ENFILE) {
			return conn, err
		}
		log.Printf("%v; trying again in %v", err, pause)
		time.Sleep(pause)
	}
}

// How long next waits when there is no descriptor.
const (
	shortest = 5 * time.Millisecond
	longest  = time.Second
)
