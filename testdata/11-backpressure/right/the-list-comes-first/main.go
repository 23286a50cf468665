// Hubd that puts the list into the queue first, and then tells the others: the new member hears of those that
// are dropped by this news. A writer takes all that waits, and writes it with writev. A client that is refused
// may read the reply, for a second at most.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"sort"
	"sync"
	"syscall"
	"time"
)

const maxLine = 1000

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	queue := flag.Int("queue", 256, "how many `lines` may wait for one client")
	flag.Parse()
	if *queue < 1 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	ln, err := net.Listen("tcp", *listen)
	if err == nil {
		fmt.Println("listening on", ln.Addr())
		err = (&room{bound: *queue, byName: map[string]*member{}}).serve(ln.(*net.TCPListener))
	}
	fmt.Fprintln(os.Stderr, "hubd:", err)
	os.Exit(1)
}

type room struct {
	bound  int
	mu     sync.RWMutex // for byName; held for writing, it allows everything
	order  sync.Mutex   // held while lines are put into queues
	byName map[string]*member
}

type member struct {
	name string
	conn *net.TCPConn

	mu    sync.Mutex
	lines [][]byte // that wait
	over  bool     // no line comes any more
	wake  chan struct{}
}

func (r *room) serve(ln *net.TCPListener) error {
	for {
		conn, err := ln.AcceptTCP()
		switch {
		case err == nil:
			go r.client(conn)
		case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
			time.Sleep(50 * time.Millisecond)
		default:
			return err
		}
	}
}

// lines calls f with each line of conn, until f says no or the stream ends. It
// reports whether it was the end of the stream.
func lines(conn io.Reader, f func([]byte) bool) bool {
	var buf [2 * (maxLine + 2)]byte
	have := 0
	for {
		n, err := conn.Read(buf[have:])
		have += n
		from := 0
		for {
			i := bytes.IndexByte(buf[from:have], '\n')
			if i < 0 {
				break
			}
			line := buf[from : from+i]
			from += i + 1
			if i > 0 && line[i-1] == '\r' {
				line = line[:i-1]
			}
			if len(line) > maxLine || !f(line) {
				return false
			}
		}
		have = copy(buf[:], buf[from:have])
		if have > maxLine+1 || have == maxLine+1 && buf[maxLine] != '\r' {
			return false
		}
		if err != nil {
			return err == io.EOF
		}
	}
}

func (r *room) client(conn *net.TCPConn) {
	var m *member
	refused := ""
	fin := lines(conn, func(line []byte) bool {
		if m == nil {
			m, refused = r.enter(string(line), conn)
			return m != nil
		}
		return r.say(m, line)
	})
	switch {
	case refused != "":
		conn.SetDeadline(time.Now().Add(time.Second))
		io.WriteString(conn, refused)
		conn.CloseWrite()
		io.Copy(io.Discard, conn)
		conn.Close()
	case m == nil:
		conn.Close()
	default:
		r.mu.Lock()
		r.out(m)
		r.mu.Unlock()
		if !fin {
			conn.Close()
		}
	}
}

func (r *room) enter(name string, conn *net.TCPConn) (*member, string) {
	if len(name) < 1 || len(name) > 16 {
		return nil, "* bad name\n"
	}
	for i := range len(name) {
		if c := name[i] | 0x20; (c < 'a' || c > 'z') && (name[i] < '0' || name[i] > '9') {
			return nil, "* bad name\n"
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, taken := r.byName[name]; taken {
		return nil, "* name taken\n"
	}
	names := make([]string, 0, len(r.byName))
	for n := range r.byName {
		names = append(names, n)
	}
	sort.Strings(names)
	list := []byte("* here:")
	for _, n := range names {
		list = append(append(list, ' '), n...)
	}
	m := &member{name: name, conn: conn, wake: make(chan struct{}, 1)}
	m.put(append(list, '\n'), r.bound)
	r.byName[name] = m
	go r.write(m)
	r.tell([]byte("* "+name+" has joined\n"), m)
	return m, ""
}

func (r *room) say(m *member, text []byte) bool {
	line := make([]byte, 0, len(m.name)+len(text)+3)
	line = append(append(append(append(line, m.name...), ": "...), text...), '\n')
	r.mu.RLock()
	if r.byName[m.name] != m {
		r.mu.RUnlock()
		return false
	}
	var slow []*member
	r.order.Lock()
	for _, other := range r.byName {
		if other != m && !other.put(line, r.bound) {
			slow = append(slow, other)
		}
	}
	r.order.Unlock()
	r.mu.RUnlock()
	if len(slow) > 0 {
		r.mu.Lock()
		for _, other := range slow {
			r.out(other)
		}
		r.mu.Unlock()
	}
	return true
}

// tell is for callers that hold r.mu for writing.
func (r *room) tell(line []byte, but *member) {
	var slow []*member
	for _, m := range r.byName {
		if m != but && !m.put(line, r.bound) {
			slow = append(slow, m)
		}
	}
	for _, m := range slow {
		r.out(m)
	}
}

// out takes m out of the room, once. The caller holds r.mu for writing.
func (r *room) out(m *member) {
	if r.byName[m.name] != m {
		return
	}
	delete(r.byName, m.name)
	m.mu.Lock()
	m.over = true
	m.mu.Unlock()
	m.nudge()
	r.tell([]byte("* "+m.name+" has left\n"), nil)
}

// put reports whether there was room, or m is on its way out. If there was none
// m gets no line any more, and its connection is closed.
func (m *member) put(line []byte, bound int) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.over {
		return true
	}
	if len(m.lines) == bound {
		m.over, m.lines = true, nil
		m.conn.Close()
		return false
	}
	m.lines = append(m.lines, line)
	m.nudge()
	return true
}

func (m *member) nudge() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

func (r *room) write(m *member) {
	defer m.conn.Close()
	for range m.wake {
		m.mu.Lock()
		batch, over := net.Buffers(m.lines), m.over
		m.lines = nil
		m.mu.Unlock()
		if _, err := batch.WriteTo(m.conn); err != nil {
			return
		}
		if over {
			return
		}
	}
}
