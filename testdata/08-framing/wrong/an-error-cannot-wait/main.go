// Belief: an error is told at once.
//
// The protocol error is written to the connection itself, past the writer that still holds the replies before it.
//
// Caught by: 14-no-number (wrong-bytes).
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

type protocolError string

func (e protocolError) Error() string { return "protocol error: " + string(e) }

type database struct {
	sync.Mutex
	m map[string]string
}

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := serve(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "kvd:", err)
		os.Exit(1)
	}
}

func serve(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	fmt.Println("listening on", ln.Addr())
	db := &database{m: map[string]string{}}
	for {
		c, err := ln.Accept()
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			log.Print(err)
			time.Sleep(50 * time.Millisecond)
			continue
		}
		if err != nil {
			return err
		}
		go db.attend(c)
	}
}

func (db *database) attend(c net.Conn) {
	defer c.Close()
	w := bufio.NewWriter(c)
	// However we leave, what has been answered goes out.
	defer w.Flush()
	err := db.commands(bufio.NewReader(readerFunc(func(p []byte) (int, error) {
		if err := w.Flush(); err != nil {
			return 0, err
		}
		return c.Read(p)
	})), w)
	var pe protocolError
	if errors.As(err, &pe) {
		io.WriteString(c, "-ERR Protocol error\r\n")
	}
	if err != nil {
		log.Printf("%v: %v", c.RemoteAddr(), err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func (db *database) commands(r *bufio.Reader, w *bufio.Writer) error {
	for {
		_, err := r.ReadByte()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		r.UnreadByte()
		cmd, err := read(r)
		if err != nil {
			return err
		}
		db.perform(w, cmd)
	}
}

func read(r *bufio.Reader) ([]string, error) {
	n, err := prefixed(r, '*')
	if err != nil {
		return nil, err
	}
	if n < 1 || n > 1024 {
		return nil, protocolError(fmt.Sprint(n, " words"))
	}
	cmd, sum := make([]string, n), 0
	for i := range cmd {
		size, err := prefixed(r, '$')
		if err != nil {
			return nil, err
		}
		if sum += size; size > 1<<20 || sum > 2<<20 {
			return nil, protocolError(fmt.Sprint(size, " bytes"))
		}
		p := make([]byte, size+2)
		if _, err := io.ReadFull(r, p); err != nil {
			return nil, err
		}
		word, ok := strings.CutSuffix(string(p), "\r\n")
		if !ok {
			return nil, protocolError("no CRLF after a word")
		}
		cmd[i] = word
	}
	return cmd, nil
}

func prefixed(r *bufio.Reader, mark byte) (int, error) {
	line, err := r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		return 0, protocolError("line too long")
	}
	if err != nil {
		return 0, err
	}
	s := string(line)
	if len(s) < 4 || s[0] != mark || !strings.HasSuffix(s, "\r\n") {
		return 0, protocolError(strconv.Quote(s))
	}
	for _, b := range []byte(s[1 : len(s)-2]) {
		if b < '0' || b > '9' {
			return 0, protocolError(strconv.Quote(s))
		}
	}
	n, err := strconv.Atoi(s[1 : len(s)-2])
	if err != nil || n > 1<<20 {
		return 0, protocolError(strconv.Quote(s))
	}
	return n, nil
}

func (db *database) perform(w *bufio.Writer, cmd []string) {
	db.Lock()
	reply := db.reply(strings.ToLower(cmd[0]), cmd[1:])
	db.Unlock()
	w.WriteString(reply)
}

func (db *database) reply(name string, args []string) string {
	switch name + strconv.Itoa(len(args)) {
	case "ping0":
		return "+PONG\r\n"
	case "echo1":
		return bulk(args[0])
	case "set2":
		db.m[args[0]] = args[1]
		return "+OK\r\n"
	case "get1":
		v, ok := db.m[args[0]]
		if !ok {
			return "$-1\r\n"
		}
		return bulk(v)
	}
	if name == "del" && len(args) > 0 {
		n := 0
		for _, k := range args {
			if _, ok := db.m[k]; ok {
				n++
				delete(db.m, k)
			}
		}
		return ":" + strconv.Itoa(n) + "\r\n"
	}
	return "-ERR unknown command or wrong number of arguments\r\n"
}

func bulk(s string) string { return "$" + strconv.Itoa(len(s)) + "\r\n" + s + "\r\n" }
