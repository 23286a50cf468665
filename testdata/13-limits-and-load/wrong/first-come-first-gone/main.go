// Belief: of an address with many clients the one that came first has had most, and goes.
//
// It may be the only one that does something. The contract sends away the one that has been silent for longest.
//
// Caught by: 53-fair-share (silence).
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
	fair := flag.Bool("fair", false, "let the address with most clients share its places")
	flag.Parse()
	if flag.NArg() > 0 || *most < 1 || *perIP < 1 {
		flag.Usage()
		os.Exit(2)
	}
	d := newDoor(*most, *perIP)
	d.fair = *fair
	if err := run(*listen, d); err != nil {
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

	fair bool

	mu     sync.Mutex
	inside map[*client]bool
	from   map[netip.Addr]int // how many of them come from each address; only those that have one
	came   int                // how many have come
}

// A client is one that is inside.
type client struct {
	net.Conn
	from  netip.Addr
	spoke int  // how many had come when it came
	gone  bool // it has given its place to another
}

// newDoor returns a door with no clients inside.
func newDoor(most, perIP int) *door {
	return &door{most: most, perIP: perIP, leaving: make(chan struct{}, mostLeaving), from: map[netip.Addr]int{},
		inside: map[*client]bool{}}
}

// enter returns a client that has taken a place, or nil when there is none.
func (d *door) enter(conn net.Conn) *client {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.came++
	c := &client{Conn: conn, from: addrOf(conn), spoke: d.came}
	if d.from[c.from] == d.perIP || len(d.inside) == d.most && !d.share(c.from) {
		return nil
	}
	d.inside[c] = true
	d.from[c.from]++
	return c
}

// share takes a place from an address that has two clients more than addr.
func (d *door) share(addr netip.Addr) bool {
	var silent *client
	for c := range d.inside {
		if silent == nil || d.from[c.from] > d.from[silent.from] ||
			d.from[c.from] == d.from[silent.from] && c.spoke < silent.spoke {
			silent = c
		}
	}
	if !d.fair || d.from[silent.from] < d.from[addr]+2 {
		return false
	}
	silent.gone = true
	d.remove(silent)
	silent.SetDeadline(time.Unix(1, 0)) // its handler wakes
	return true
}

// leave gives back the place of c, if it still has one, and reports whether it had.
func (d *door) leave(c *client) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !c.gone {
		d.remove(c)
	}
	return !c.gone
}

// remove takes c out of the counts.
func (d *door) remove(c *client) {
	delete(d.inside, c)
	if d.from[c.from]--; d.from[c.from] == 0 {
		delete(d.from, c.from)
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
		if c := d.enter(conn); c != nil {
			go d.handle(c)
		} else {
			d.refuse(conn)
		}
	}
}

// handle serves a client to its end, closes it and gives its place back.
func (d *door) handle(c *client) {
	defer c.Close()
	err := d.echo(c)
	if err == bufio.ErrBufferFull {
		part(c.Conn, "too long\n")
	}
	if !d.leave(c) {
		part(c.Conn, "busy\n")
	} else if err != nil {
		log.Println(c.RemoteAddr(), err)
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
	mostLeaving = 64          // refused clients that are waited for at a time
	patience    = time.Second // how long each of them is
)

// part sends a last word and a FIN, and takes what the client still sends,
// until its end, or until patience is over: a close with bytes unread would be
// a reset, which may overtake the word.
func part(conn net.Conn, word string) {
	conn.SetDeadline(time.Now().Add(patience))
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
func (d *door) echo(conn *client) error {
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
