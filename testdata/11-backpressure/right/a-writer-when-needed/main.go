// Hubd whose members have no writer while nothing waits for them: a line for an empty queue starts one.
// A channel is the lock, and a client that is dropped is reset.
package main

import (
	"bufio"
	"container/list"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"sort"
	"strings"
	"syscall"
	"time"
)

var good = regexp.MustCompile(`\A[0-9A-Za-z]{1,16}\z`)

type guest struct {
	name    string
	conn    net.Conn
	waiting list.List // of string
	sending bool      // a goroutine sends what is waiting
	left    bool
}

type room struct {
	lock   chan struct{}
	most   int
	guests []*guest // sorted by name
}

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	queue := flag.Int("queue", 256, "how many `lines` may wait for one client")
	flag.Parse()
	if *queue < 1 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		fmt.Fprintln(os.Stderr, "hubd:", err)
		os.Exit(1)
	}
	fmt.Printf("listening on %v\n", ln.Addr())
	r := &room{lock: make(chan struct{}, 1), most: *queue}
	for {
		conn, err := ln.Accept()
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			time.Sleep(100 * time.Millisecond)
			continue
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "hubd:", err)
			os.Exit(1)
		}
		go r.serve(conn)
	}
}

// with calls f while no other goroutine uses r.
func (r *room) with(f func()) {
	r.lock <- struct{}{}
	f()
	<-r.lock
}

// find returns where the guest of that name is, or should be.
func (r *room) find(name string) (int, *guest) {
	i := sort.Search(len(r.guests), func(i int) bool { return r.guests[i].name >= name })
	if i < len(r.guests) && r.guests[i].name == name {
		return i, r.guests[i]
	}
	return i, nil
}

func (r *room) serve(conn net.Conn) {
	in := bufio.NewReaderSize(conn, 1024)
	name, err := line(in)
	if err != nil {
		conn.Close()
		return
	}
	var g *guest
	answer := ""
	r.with(func() { g, answer = r.enter(name, conn) })
	if g == nil {
		io.WriteString(conn, answer)
		conn.Close()
		return
	}
	for err == nil {
		var text string
		if text, err = line(in); err == nil {
			r.with(func() {
				if !g.left {
					r.all(g, g.name+": "+text+"\n")
				}
			})
		}
	}
	r.with(func() {
		if g.left {
			return
		}
		r.leave(g)
		if err != io.EOF {
			kill(g)
		} else if !g.sending {
			conn.Close()
		}
	})
}

var errLong = errors.New("line too long")

// line reads byte by byte, from the memory of in.
func line(in *bufio.Reader) (string, error) {
	var b []byte
	for {
		c, err := in.ReadByte()
		if err != nil {
			return "", err
		}
		if c == '\n' {
			break
		}
		if b = append(b, c); len(b) > 1001 {
			return "", errLong
		}
	}
	text := strings.TrimSuffix(string(b), "\r")
	if len(text) > 1000 {
		return "", errLong
	}
	return text, nil
}

func (r *room) enter(name string, conn net.Conn) (*guest, string) {
	if !good.MatchString(name) {
		return nil, "* bad name\n"
	}
	if _, other := r.find(name); other != nil {
		return nil, "* name taken\n"
	}
	r.all(nil, "* "+name+" has joined\n")
	var here strings.Builder
	here.WriteString("* here:")
	for _, g := range r.guests {
		here.WriteString(" " + g.name)
	}
	g := &guest{name: name, conn: conn}
	i, _ := r.find(name)
	r.guests = append(r.guests, nil)
	copy(r.guests[i+1:], r.guests[i:])
	r.guests[i] = g
	r.put(g, here.String()+"\n")
	return g, ""
}

// all puts text into the queues of all but one, and then lets those go that had
// no room, of which all hear.
func (r *room) all(but *guest, text string) {
	for news := []string{text}; len(news) > 0; news, but = news[1:], nil {
		var full []*guest
		for _, g := range r.guests {
			if g != but && !r.put(g, news[0]) {
				full = append(full, g)
			}
		}
		for _, g := range full {
			r.cut(g)
			kill(g)
			news = append(news, "* "+g.name+" has left\n")
		}
	}
}

func (r *room) put(g *guest, text string) bool {
	if g.waiting.Len() == r.most {
		return false
	}
	g.waiting.PushBack(text)
	if !g.sending {
		g.sending = true
		go r.send(g)
	}
	return true
}

// cut takes g out of the room, and tells nobody.
func (r *room) cut(g *guest) {
	g.left = true
	i, _ := r.find(g.name)
	r.guests = append(r.guests[:i], r.guests[i+1:]...)
	r.guests[:len(r.guests)+1][len(r.guests)] = nil
}

func (r *room) leave(g *guest) {
	r.cut(g)
	r.all(nil, "* "+g.name+" has left\n")
}

// kill resets g's connection: nothing that waits is sent.
func kill(g *guest) {
	g.waiting.Init()
	if c, ok := g.conn.(*net.TCPConn); ok {
		c.SetLinger(0)
	}
	g.conn.Close()
}

func (r *room) send(g *guest) {
	for {
		var text string
		more := false
		r.with(func() {
			if e := g.waiting.Front(); e != nil {
				text, more = g.waiting.Remove(e).(string), true
				return
			}
			g.sending = false
			if g.left {
				g.conn.Close()
			}
		})
		if !more {
			return
		}
		if _, err := io.WriteString(g.conn, text); err != nil {
			r.with(func() {
				if !g.left {
					r.leave(g)
				}
				kill(g)
				g.sending = false
			})
			return
		}
	}
}
