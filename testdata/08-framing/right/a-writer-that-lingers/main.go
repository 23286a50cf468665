// One goroutine reads a client's commands and
// carries them out, another one writes the replies with writev. After a
// protocol error the server sends its FIN at once, and then reads on for at most
// a second and a half and 256 KiB, so that the error message is not overtaken by a
// reset. Values are in a sync.Map, and much is said on standard error.
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

var errProtocol = errors.New("protocol error")

var values sync.Map

func main() {
	log.SetFlags(log.Lmicroseconds | log.Lshortfile)
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	addr, err := net.ResolveTCPAddr("tcp", *listen)
	if err != nil {
		fmt.Fprintln(os.Stderr, "kvd:", err)
		os.Exit(1)
	}
	ln, err := net.ListenTCP("tcp", addr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "kvd:", err)
		os.Exit(1)
	}
	fmt.Println("listening on", ln.Addr())
	for {
		conn, err := ln.AcceptTCP()
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			log.Println("no descriptor:", err)
			time.Sleep(40 * time.Millisecond)
			continue
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "kvd:", err)
			os.Exit(1)
		}
		go attend(conn)
	}
}

func attend(conn *net.TCPConn) {
	defer conn.Close()
	peer := conn.RemoteAddr()
	log.Println(peer, "hello")
	queue := make(chan [][]byte, 16)
	dead, written := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(written)
		if err := deliver(conn, queue); err != nil {
			log.Println(peer, err)
			close(dead)
			conn.CloseRead() // wake the reader
		}
	}()

	err := listen(bufio.NewReaderSize(conn, 1<<16), queue, dead)
	close(queue)
	<-written
	log.Println(peer, "goodbye", err)
	if errors.Is(err, errProtocol) {
		conn.CloseWrite()
		conn.SetReadDeadline(time.Now().Add(1500 * time.Millisecond))
		io.CopyN(io.Discard, conn, 256<<10)
	}
}

// enough is how much deliver gathers for one write, or one reply.
const enough = 64 << 10

// deliver writes what is in the queue, as much as there is at once.
func deliver(conn *net.TCPConn, queue <-chan [][]byte) error {
	for first := range queue {
		batch := net.Buffers(first)
		for n := size(first); n < enough; {
			more := waiting(queue)
			if len(more) == 0 {
				break
			}
			batch = append(batch, more...)
			n += size(more)
		}
		if _, err := batch.WriteTo(conn); err != nil {
			return err
		}
	}
	return nil
}

// waiting returns the next reply of the queue, or nothing when none is there.
func waiting(queue <-chan [][]byte) [][]byte {
	select {
	case more := <-queue:
		return more
	default:
		return nil
	}
}

func size(pieces [][]byte) (n int) {
	for _, piece := range pieces {
		n += len(piece)
	}
	return n
}

func listen(r *bufio.Reader, queue chan<- [][]byte, dead <-chan struct{}) error {
	for {
		reply, err := next(r)
		if errors.Is(err, errProtocol) {
			reply = line("-ERR Protocol error")
		} else if err != nil {
			return err
		}
		select {
		case queue <- reply:
		case <-dead:
			return errors.New("cannot write")
		}
		if err != nil {
			return err
		}
	}
}

// next reads a command, carries it out, and returns its reply.
func next(r *bufio.Reader) ([][]byte, error) {
	n, err := prefix(r, '*', 1024)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, fmt.Errorf("%w: nothing", errProtocol)
	}
	words, left := make([][]byte, n), 2<<20
	for i := range words {
		n, err := prefix(r, '$', min(left, 1<<20))
		if err != nil {
			return nil, err
		}
		left -= n
		word := make([]byte, n+2)
		if _, err := io.ReadFull(r, word); err != nil {
			return nil, err
		}
		if word[n] != '\r' || word[n+1] != '\n' {
			return nil, fmt.Errorf("%w: word %d does not end", errProtocol, i)
		}
		words[i] = word[:n:n]
	}
	return do(words), nil
}

func prefix(r *bufio.Reader, mark byte, most int) (int, error) {
	text, err := r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		return 0, fmt.Errorf("%w: no end of line", errProtocol)
	}
	if err != nil {
		return 0, err
	}
	if len(text) < 4 || len(text) > 30 || text[0] != mark || text[len(text)-2] != '\r' {
		return 0, fmt.Errorf("%w: %.40q", errProtocol, text)
	}
	n, err := strconv.ParseUint(string(text[1:len(text)-2]), 10, 32)
	if err != nil || n > uint64(most) {
		return 0, fmt.Errorf("%w: %.40q", errProtocol, text)
	}
	return int(n), nil
}

func do(words [][]byte) [][]byte {
	switch name, args := strings.ToUpper(string(words[0])), words[1:]; {
	case name == "PING" && len(args) == 0:
		return line("+PONG")
	case name == "ECHO" && len(args) == 1:
		return bulk(args[0])
	case name == "SET" && len(args) == 2:
		values.Store(string(args[0]), args[1])
		return line("+OK")
	case name == "GET" && len(args) == 1:
		if v, ok := values.Load(string(args[0])); ok {
			return bulk(v.([]byte))
		}
		return line("$-1")
	case name == "DEL" && len(args) > 0:
		n := 0
		for _, key := range args {
			if _, was := values.LoadAndDelete(string(key)); was {
				n++
			}
		}
		return line(fmt.Sprint(":", n))
	}
	return line("-ERR unknown command or wrong number of arguments")
}

func line(s string) [][]byte { return [][]byte{[]byte(s + "\r\n")} }

func bulk(b []byte) [][]byte {
	return [][]byte{[]byte("$" + strconv.Itoa(len(b)) + "\r\n"), b, []byte("\r\n")}
}
