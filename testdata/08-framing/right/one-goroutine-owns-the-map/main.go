// Kvd without a lock: commands go over a channel to the one goroutine that owns the map.
// A bufio.Scanner cuts the stream into lengths and words, with a split function of its own.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "kvd:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves clients until accepting fails.
func run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	requests := make(chan request)
	go own(requests)
	for {
		conn, err := ln.Accept()
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			time.Sleep(10 * time.Millisecond) // until there is a descriptor again
			continue
		}
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			if err := converse(conn, requests); err != nil {
				log.Println(conn.RemoteAddr(), err)
			}
		}()
	}
}

// A request is a command, and where its reply is awaited.
type request struct {
	args  []string
	reply chan<- string
}

// own carries out the commands of all clients, one after the other.
func own(requests <-chan request) {
	values := map[string]string{}
	for r := range requests {
		r.reply <- do(values, r.args)
	}
}

// converse answers commands until the end of the stream.
func converse(conn net.Conn, requests chan<- request) error {
	var s splitter
	scanner := bufio.NewScanner(conn)
	scanner.Buffer(nil, maxBulk+4*maxLine) // two lines, a word, and to spare
	scanner.Split(s.split)
	reply := make(chan string)
	var args []string
	for scanner.Scan() {
		args = append(args, scanner.Text())
		if s.missing > 0 {
			continue
		}
		requests <- request{args, reply}
		if _, err := io.WriteString(conn, <-reply); err != nil {
			return err
		}
		args = nil
	}
	err := scanner.Err()
	if errors.Is(err, errProtocol) {
		io.WriteString(conn, "-ERR Protocol error\r\n")
	}
	return err
}

// What a client may ask of our memory.
const (
	maxArgs    = 1024
	maxBulk    = 1 << 20
	maxCommand = 2 << 20 // of all words together
	maxLine    = 32
)

var errProtocol = errors.New("protocol error")

// A splitter cuts a stream into words. It knows how many are missing in a command,
// and how many bytes they may have together.
type splitter struct{ missing, room int }

// split is the scanner's split function. A token is a word, without its length and,
// when it is the first of its command, without the number of words.
func (s *splitter) split(data []byte, atEOF bool) (advance int, token []byte, err error) {
	start, missing, room := 0, s.missing, s.room
	if missing == 0 {
		room = maxCommand
		if start, missing, err = length(data, '*', 1, maxArgs); start == 0 {
			return 0, nil, err
		}
	}
	n, size, err := length(data[start:], '$', 0, min(maxBulk, room))
	if n == 0 {
		return 0, nil, err
	}
	start += n
	end := start + size
	if len(data) < end+2 {
		return 0, nil, nil
	}
	if string(data[end:end+2]) != "\r\n" {
		return 0, nil, errProtocol
	}
	s.missing, s.room = missing-1, room-size
	return end + 2, data[start:end], nil
}

// length looks for a line such as "$5\r\n" at the beginning of data. It returns how
// many bytes the line has, 0 when it is not whole, and the number in it.
func length(data []byte, mark byte, least, most int) (size, n int, err error) {
	end := bytes.IndexByte(data, '\n')
	if end < 0 && len(data) < maxLine {
		return 0, 0, nil
	}
	if end < 1 || end >= maxLine || data[0] != mark || data[end-1] != '\r' {
		return 0, 0, errProtocol
	}
	number, err := strconv.ParseUint(string(data[1:end-1]), 10, 31) // takes no sign
	n = int(number)
	if err != nil || n < least || n > most {
		return 0, 0, errProtocol
	}
	return end + 1, n, nil
}

// do carries out a command on values and returns the reply.
func do(values map[string]string, args []string) string {
	switch name, args := strings.ToUpper(args[0]), args[1:]; {
	case name == "PING" && len(args) == 0:
		return "+PONG\r\n"
	case name == "ECHO" && len(args) == 1:
		return bulk(args[0])
	case name == "SET" && len(args) == 2:
		values[args[0]] = args[1]
		return "+OK\r\n"
	case name == "GET" && len(args) == 1:
		if value, ok := values[args[0]]; ok {
			return bulk(value)
		}
		return "$-1\r\n"
	case name == "DEL" && len(args) > 0:
		before := len(values)
		for _, key := range args {
			delete(values, key)
		}
		return fmt.Sprintf(":%d\r\n", before-len(values))
	}
	return "-ERR unknown command or wrong number of arguments\r\n"
}

// bulk returns s as a bulk string.
func bulk(s string) string { return fmt.Sprintf("$%d\r\n%s\r\n", len(s), s) }
