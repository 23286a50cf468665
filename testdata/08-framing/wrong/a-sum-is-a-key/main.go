// Belief: two keys with the same sum are the same key.
//
// Values are kept under the CRC-32 of their keys, and the keys are not kept.
//
// Caught by: 43-no-two-alike (wrong-bytes).
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"hash/crc32"
	"io"
	"log"
	"net"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A table keeps values by the checksums of their keys: a key may have a
// megabyte, and a sum has four bytes.
type table struct {
	shards [16]struct {
		sync.RWMutex
		values map[uint32]string
	}
}

func newTable() *table {
	t := new(table)
	for i := range t.shards {
		t.shards[i].values = map[uint32]string{}
	}
	return t
}

func (t *table) get(key string) (string, bool) {
	sum := crc32.ChecksumIEEE([]byte(key))
	sh := &t.shards[sum%16]
	sh.RLock()
	defer sh.RUnlock()
	v, ok := sh.values[sum]
	return v, ok
}

func (t *table) set(key, value string) {
	sum := crc32.ChecksumIEEE([]byte(key))
	sh := &t.shards[sum%16]
	sh.Lock()
	defer sh.Unlock()
	sh.values[sum] = value
}

func (t *table) del(key string) bool {
	sum := crc32.ChecksumIEEE([]byte(key))
	sh := &t.shards[sum%16]
	sh.Lock()
	defer sh.Unlock()
	_, ok := sh.values[sum]
	delete(sh.values, sum)
	return ok
}

var errSyntax = errors.New("protocol error")

func main() {
	log.SetPrefix("kvd: ")
	log.SetFlags(0)
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", ln.Addr())
	t := newTable()
	for pause := 5 * time.Millisecond; ; {
		conn, err := ln.Accept()
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			time.Sleep(pause)
			pause = min(pause*2, time.Second)
			continue
		}
		if err != nil {
			log.Fatal(err)
		}
		pause = 5 * time.Millisecond
		go t.serve(conn)
	}
}

func (t *table) serve(conn net.Conn) {
	defer conn.Close()
	out := bufio.NewWriter(conn)
	in := bufio.NewReader(struct{ io.Reader }{&eager{conn, out}})
	for {
		if _, err := in.Peek(1); err != nil {
			if err != io.EOF {
				log.Println(conn.RemoteAddr(), err)
			}
			return
		}
		words, err := parse(in)
		if err == errSyntax {
			out.WriteString("-ERR Protocol error\r\n")
			out.Flush()
		}
		if err != nil {
			log.Println(conn.RemoteAddr(), err)
			return
		}
		out.WriteString(t.answer(words))
	}
}

type eager struct {
	conn net.Conn
	out  *bufio.Writer
}

func (e *eager) Read(p []byte) (int, error) {
	if err := e.out.Flush(); err != nil {
		return 0, err
	}
	return e.conn.Read(p)
}

func parse(in *bufio.Reader) ([]string, error) {
	n, err := count(in, '*')
	if err != nil {
		return nil, err
	}
	if n < 1 || n > 1024 {
		return nil, errSyntax
	}
	var words []string
	for total := 0; len(words) < n; {
		size, err := count(in, '$')
		if err != nil {
			return nil, err
		}
		total += size
		if size > 1<<20 || total > 2<<20 {
			return nil, errSyntax
		}
		b := make([]byte, size)
		if _, err := io.ReadFull(in, b); err != nil {
			return nil, err
		}
		for _, want := range []byte("\r\n") {
			if got, err := in.ReadByte(); err != nil {
				return nil, err
			} else if got != want {
				return nil, errSyntax
			}
		}
		words = append(words, string(b))
	}
	return words, nil
}

// count reads a line byte by byte. Eight digits are more than any bound has.
func count(in *bufio.Reader, mark byte) (int, error) {
	var line []byte
	for {
		b, err := in.ReadByte()
		if err != nil {
			return 0, err
		}
		line = append(line, b)
		if line[0] != mark || len(line) > 11 {
			return 0, errSyntax
		}
		if b == '\n' {
			break
		}
	}
	digits, ok := strings.CutSuffix(string(line[1:]), "\r\n")
	n, err := strconv.ParseUint(digits, 10, 31)
	if !ok || err != nil {
		return 0, errSyntax
	}
	return int(n), nil
}

func (t *table) answer(words []string) string {
	name, args := strings.ToUpper(words[0]), words[1:]
	switch {
	case name == "PING" && len(args) == 0:
		return "+PONG\r\n"
	case name == "ECHO" && len(args) == 1:
		return bulk(args[0])
	case name == "SET" && len(args) == 2:
		t.set(args[0], args[1])
		return "+OK\r\n"
	case name == "GET" && len(args) == 1:
		if v, ok := t.get(args[0]); ok {
			return bulk(v)
		}
		return "$-1\r\n"
	case name == "DEL" && len(args) > 0:
		n := 0
		for _, key := range args {
			if t.del(key) {
				n++
			}
		}
		return fmt.Sprintf(":%d\r\n", n)
	}
	return "-ERR unknown command or wrong number of arguments\r\n"
}

func bulk(s string) string { return fmt.Sprintf("$%d\r\n%s\r\n", len(s), s) }
