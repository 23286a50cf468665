// Hubd is a room: what one client says all others hear.
//
//	hubd [-listen ADDR] [-queue N]
//
// It prints "listening on ADDR" once it can be reached, and runs until it is
// stopped. A client's first line is its name; each further line goes to all
// others, whether it reads or not. When N lines wait for a client and one more
// comes, it is dropped at once. No client ever waits for another.
//
// This file is the only one you edit.
// Read chapters/11-backpressure.md first, up to and including "The exercise".
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

func main() {
	// TODO: delete the next line, write the six functions below, and run the
	// grader. You may add others, and imports: maps, slices and strings, perhaps.
	notWritten()

	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	queue := flag.Int("queue", 256, "how many `lines` may wait for one client")
	flag.Parse()
	if *queue < 1 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*listen, *queue); err != nil {
		fmt.Fprintln(os.Stderr, "hubd:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves clients until accepting fails.
func run(addr string, queue int) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	r := &room{queue: queue, members: map[string]*member{}}
	return r.serve(ln)
}

// serve gives each client of ln a goroutine of its own.
func (r *room) serve(ln net.Listener) error {
	pause := shortest
	for {
		conn, err := ln.Accept()
		if noDescriptor(err) {
			log.Printf("%v; trying again in %v", err, pause)
			time.Sleep(pause)
			pause = min(2*pause, longest)
			continue
		}
		if err != nil {
			return err
		}
		pause = shortest
		go r.handle(conn)
	}
}

// How long serve waits when there is no descriptor: a little longer each time.
const (
	shortest = 5 * time.Millisecond
	longest  = time.Second
)

// noDescriptor reports whether this process, or the whole system, has no file
// descriptor left for a new socket. Others will be closed.
func noDescriptor(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

// A room is all clients that have a name.
type room struct {
	queue   int // how many lines may wait for one member
	mu      sync.Mutex
	members map[string]*member // by their names
}

// A member is a client that has a name. What it is to hear waits in lines until
// write has sent it.
type member struct {
	name  string
	conn  net.Conn
	lines chan string // with their ends; closed when the member has left
}

// Bounds of what a client may send.
const (
	maxName = 16   // letters and digits of a name
	maxLine = 1000 // bytes of a line, without its end
)

// Why a client is sent away.
var (
	errName  = errors.New("bad name")
	errTaken = errors.New("name taken")
	errLong  = errors.New("line too long")
)

// goodName reports whether name is 1 to maxName letters and digits of ASCII.
func goodName(name string) bool {
	for _, c := range []byte(name) {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (c < '0' || c > '9') {
			return false
		}
	}
	return len(name) >= 1 && len(name) <= maxName
}

// handle serves one client to its end: it reads a name, joins the room, and
// says there what the client says, until its stream ends.
func (r *room) handle(conn net.Conn) {
	// TODO: write it.
}

// readLine returns the next line of in without its end, which is LF, or CR and
// LF. It returns errLong when the line has more than maxLine bytes, and else
// the error of in: what comes before the end of the stream without an LF is no
// line.
func readLine(in *bufio.Reader) (string, error) {
	// TODO: write it.
	return "", io.EOF
}

// join makes conn a member of the room. The first line in its queue has the
// names of those who are there already, and those hear that it has joined. It
// returns errName or errTaken when there can be no such member.
func (r *room) join(name string, conn net.Conn) (*member, error) {
	// TODO: write it.
	return nil, errName
}

// say lets all members but m hear text, as long as m is in the room.
func (r *room) say(m *member, text string) {
	// TODO: write it.
}

// leave removes m from the room, if it is still there; the others hear of it.
func (r *room) leave(m *member) {
	// TODO: write it.
}

// write sends m the lines that wait for it, until m has left and all are sent,
// or it cannot be sent any. Then it closes the connection.
func (m *member) write() {
	// TODO: write it.
}

// notWritten tells the grader that this exercise has not been started.
func notWritten() {
	fmt.Fprintln(os.Stderr, "not written yet")
	os.Exit(1)
}
