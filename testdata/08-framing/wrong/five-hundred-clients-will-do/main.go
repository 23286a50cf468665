// Belief: there are never so many clients.
//
// At most 512 clients are served at a time; the next one waits.
//
// Caught by: 36-many-clients (silence).
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
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const clientsMax = 512

var errProtocol = errors.New("protocol error")

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "kvd:", err)
		os.Exit(1)
	}
}

func run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())

	var store sync.Map // string to string
	seats := make(chan struct{}, clientsMax)
	for {
		seats <- struct{}{} // as in net/netutil's LimitListener
		conn, err := ln.Accept()
		if err != nil {
			<-seats
			if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
				time.Sleep(100 * time.Millisecond)
				continue
			}
			return err
		}
		go func() {
			defer func() { <-seats }()
			defer conn.Close()
			c := connection{store: &store, Conn: conn, w: bufio.NewWriter(conn)}
			c.r = bufio.NewReader(&c)
			if err := c.serve(); err != nil {
				log.Println(conn.RemoteAddr(), err)
			}
		}()
	}
}

type connection struct {
	net.Conn
	store *sync.Map
	r     *bufio.Reader
	w     *bufio.Writer
}

func (c *connection) Read(p []byte) (int, error) {
	if err := c.w.Flush(); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

func (c *connection) serve() error {
	for {
		if _, err := c.r.Peek(1); err == io.EOF {
			return nil
		}
		args, err := c.args()
		if err != nil {
			if errors.Is(err, errProtocol) {
				c.w.WriteString("-ERR Protocol error\r\n")
				c.w.Flush()
			}
			return err
		}
		c.do(strings.ToUpper(args[0]), args[1:]...)
	}
}

func (c *connection) args() ([]string, error) {
	n, err := c.length("*", 1, 1024)
	if err != nil {
		return nil, err
	}
	args, room := make([]string, n), 2<<20
	for i := range args {
		n, err := c.length("$", 0, min(room, 1<<20))
		if err != nil {
			return nil, err
		}
		room -= n
		data := make([]byte, n+2)
		if _, err := io.ReadFull(c.r, data); err != nil {
			return nil, err
		}
		if data[n] != 13 || data[n+1] != 10 {
			return nil, errProtocol
		}
		args[i] = string(data[:n])
	}
	return args, nil
}

func (c *connection) length(mark string, least, most int) (int, error) {
	line, err := c.r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		return 0, errProtocol
	}
	if err != nil {
		return 0, err
	}
	rest, ok1 := strings.CutPrefix(string(line), mark)
	digits, ok2 := strings.CutSuffix(rest, "\r\n")
	n, err := strconv.ParseUint(digits, 10, 30)
	if !ok1 || !ok2 || err != nil || int(n) < least || int(n) > most {
		return 0, fmt.Errorf("%w: %.50q", errProtocol, line)
	}
	return int(n), nil
}

func (c *connection) do(name string, args ...string) {
	switch {
	case name == "PING" && len(args) == 0:
		c.w.WriteString("+PONG\r\n")
	case name == "ECHO" && len(args) == 1:
		c.bulk(args[0])
	case name == "SET" && len(args) == 2:
		c.store.Store(args[0], args[1])
		c.w.WriteString("+OK\r\n")
	case name == "GET" && len(args) == 1:
		if v, ok := c.store.Load(args[0]); ok {
			c.bulk(v.(string))
		} else {
			c.w.WriteString("$-1\r\n")
		}
	case name == "DEL" && len(args) > 0:
		n := 0
		for _, key := range args {
			if _, ok := c.store.LoadAndDelete(key); ok {
				n++
			}
		}
		fmt.Fprintf(c.w, ":%d\r\n", n)
	default:
		c.w.WriteString("-ERR unknown command or wrong number of arguments\r\n")
	}
}

func (c *connection) bulk(s string) {
	fmt.Fprintf(c.w, "$%d\r\n", len(s))
	c.w.WriteString(s)
	c.w.WriteString("\r\n")
}
