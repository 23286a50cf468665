// Belief: a client whose queue is full should get one more moment.
//
// Caught by: 37-a-hundred-stuck (wait).
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

func main() {
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
	in := bufio.NewReaderSize(conn, maxLine+len("\r\n"))
	name, err := readLine(in)
	if err != nil {
		conn.Close()
		return
	}
	m, err := r.join(name, conn)
	if err != nil {
		fmt.Fprintf(conn, "* %v\n", err)
		conn.Close()
		return
	}
	go m.write()
	err = r.converse(m, in)
	r.leave(m)
	if err != io.EOF {
		conn.Close() // write need not try to send the rest
	}
}

// converse says in the room what m says, line by line. It returns the error
// that ends that, which is io.EOF at the end of the stream.
func (r *room) converse(m *member, in *bufio.Reader) error {
	for {
		text, err := readLine(in)
		if err != nil {
			return err
		}
		r.say(m, text)
	}
}

// readLine returns the next line of in without its end, which is LF, or CR and
// LF. It returns errLong when the line has more than maxLine bytes, and else
// the error of in: what comes before the end of the stream without an LF is no
// line.
func readLine(in *bufio.Reader) (string, error) {
	line, err := in.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		return "", errLong
	}
	if err != nil {
		return "", err
	}
	text := strings.TrimSuffix(string(line[:len(line)-1]), "\r")
	if len(text) > maxLine {
		return "", errLong
	}
	return text, nil
}

// join makes conn a member of the room. The first line in its queue has the
// names of those who are there already, and those hear that it has joined. It
// returns errName or errTaken when there can be no such member.
func (r *room) join(name string, conn net.Conn) (*member, error) {
	if !goodName(name) {
		return nil, errName
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.members[name] != nil {
		return nil, errTaken
	}
	m := &member{name, conn, make(chan string, r.queue)}
	r.tell("* "+name+" has joined\n", nil) // one that is dropped is not listed
	here := append([]string{"* here:"}, slices.Sorted(maps.Keys(r.members))...)
	m.lines <- strings.Join(here, " ") + "\n"
	r.members[name] = m
	return m, nil
}

// say lets all members but m hear text, as long as m is in the room.
func (r *room) say(m *member, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.members[m.name] == m {
		r.tell(m.name+": "+text+"\n", m)
	}
}

// leave removes m from the room, if it is still there; the others hear of it.
func (r *room) leave(m *member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.remove(m)
}

// grace is for a writer that has not had a processor yet.
const grace = 20 * time.Millisecond

// tell puts line into the queue of every member but one, which may be nil. A
// member whose queue stays full is dropped. The caller holds r.mu.
func (r *room) tell(line string, but *member) {
	for _, m := range r.members {
		if m == but {
			continue
		}
		select {
		case m.lines <- line:
			continue
		default:
		}
		select {
		case m.lines <- line:
		case <-time.After(grace): // its writer may just be about to take one
			r.remove(m)
			m.conn.Close() // its Read and its Write fail now
		}
	}
}

// remove is leave for a caller who holds r.mu.
func (r *room) remove(m *member) {
	if r.members[m.name] == m {
		delete(r.members, m.name)
		close(m.lines) // no line is ever put into it again
		r.tell("* "+m.name+" has left\n", m)
	}
}

// write sends m the lines that wait for it, until m has left and all are sent,
// or it cannot be sent any. Then it closes the connection.
func (m *member) write() {
	defer m.conn.Close()
	for line := range m.lines {
		if _, err := io.WriteString(m.conn, line); err != nil {
			return
		}
	}
}
