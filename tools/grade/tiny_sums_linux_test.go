package grade

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"time"
)

// A tiny server of digests, and its faults. More than ten bytes are refused.
func init() {
	for _, name := range []string{"sums", "sums-hasty", "sums-endless", "sums-per-read", "sums-silent", "sums-breaks"} {
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
