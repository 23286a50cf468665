package grade

import (
	"bufio"
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"sync"
	"time"
)

// A tiny server of digests, and its faults. More than ten bytes are refused.
func init() {
	for _, name := range []string{"sums", "sums-hasty", "sums-endless", "sums-per-read", "sums-silent", "sums-breaks",
		"sums-at-length", "sums-piecemeal"} {
		tinyClients[name] = func(args []string) { sums(name, args[1:]) }
	}
}

func sums(name string, args []string) {
	set := flag.NewFlagSet(name, flag.ExitOnError)
	addr := set.String("listen", "", "")
	linger := set.Duration("linger", time.Minute, "")
	set.Parse(args)
	ln, err := net.Listen("tcp", *addr)
	check(err)
	fmt.Println("listening on", ln.Addr())
	for {
		conn, err := ln.Accept()
		check(err)
		go sumsHandle(name, conn.(*net.TCPConn), *linger)
	}
}

func sumsHandle(name string, conn *net.TCPConn, linger time.Duration) {
	defer conn.Close()
	hash := sha256.New()
	n, err := io.Copy(hash, io.LimitReader(conn, 11))
	switch {
	case err != nil && name != "sums-silent":
		log.Println(conn.RemoteAddr(), err)
	case n > 10:
		io.WriteString(conn, "too much\n")
		sumsPart(name, conn, linger)
	default:
		fmt.Fprintf(conn, "%d %x\n", n, hash.Sum(nil))
	}
}

// sumsPart ends the connection of a client that was refused.
func sumsPart(name string, conn *net.TCPConn, linger time.Duration) {
	if name == "sums-hasty" {
		return
	}
	if name == "sums-breaks" {
		conn.SetLinger(0)
		return
	}
	if (name == "sums-at-length" || name == "sums-piecemeal") && !tell(name, conn, linger) {
		return
	}
	conn.CloseWrite()
	most := int64(1 << 20)
	if name == "sums-endless" {
		most = 1 << 40
	}
	conn.SetReadDeadline(time.Now().Add(linger))
	for n := int64(0); n < most; n++ {
		if name == "sums-per-read" {
			conn.SetReadDeadline(time.Now().Add(linger))
		}
		k, err := conn.Read(make([]byte, 4096))
		if err != nil {
			return
		}
		n += int64(k)
	}
}

// tell says much, for as long as there is time for that, or as each piece has its own.
// It reports whether it has said all.
func tell(name string, conn *net.TCPConn, linger time.Duration) bool {
	text := make([]byte, 1<<20)
	conn.SetWriteDeadline(time.Now().Add(linger))
	for len(text) > 0 {
		if name == "sums-piecemeal" {
			conn.SetWriteDeadline(time.Now().Add(linger))
		}
		n, err := conn.Write(text[:4096])
		if err != nil {
			return false
		}
		text = text[n:]
	}
	return true
}

// Tiny servers that end when they are interrupted, or when no call of theirs waits.
func init() {
	for _, name := range []string{"bells", "bells-that-ring-on"} {
		tinyClients[name] = func(args []string) { bells(name, args[len(args)-1]) }
	}
}

func bells(name, addr string) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ln, err := net.Listen("tcp", addr)
	check(err)
	context.AfterFunc(ctx, func() { ln.Close() })
	fmt.Println("listening on", ln.Addr())
	var clients sync.WaitGroup
	defer clients.Wait()
	for {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		clients.Go(func() { ring(ctx, name, conn) })
	}
}

// ring returns each line, until ctx is done.
func ring(ctx context.Context, name string, conn net.Conn) {
	defer conn.Close()
	context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	r := bufio.NewReader(conn)
	for name == "bells-that-ring-on" || ctx.Err() == nil {
		conn.SetDeadline(time.Now().Add(time.Hour))
		if ctx.Err() != nil && name == "bells" {
			return
		}
		line, err := r.ReadSlice('\n')
		if err != nil {
			return
		}
		if _, err := conn.Write(line); err != nil {
			return
		}
	}
}
