// In this variant a Scanner takes the lines apart, with a split function that keeps
// the newline, and those inside are a list of addresses, without counts. Up to 90
// refused clients are waited for.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

var (
	listen = flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	most   = flag.Int("max", 1000, "`clients` that are served at a time")
	perIP  = flag.Int("per-ip", 1000, "`clients` of one IP address that are served at a time")
)

func main() {
	flag.Parse()
	if *most < 1 || *perIP < 1 || flag.NArg() != 0 {
		flag.Usage()
		os.Exit(2)
	}
	err := serve()
	fmt.Fprintln(os.Stderr, "guarded:", err)
	os.Exit(1)
}

// The addresses of those that are inside.
var list struct {
	sync.Mutex
	of []netip.Addr
}

func admit(a netip.Addr) bool {
	list.Lock()
	defer list.Unlock()
	if len(list.of) >= *most {
		return false
	}
	same := 0
	for _, other := range list.of {
		if other == a {
			same++
		}
	}
	if same >= *perIP {
		return false
	}
	list.of = append(list.of, a)
	return true
}

func dismiss(a netip.Addr) {
	list.Lock()
	defer list.Unlock()
	i := slices.Index(list.of, a)
	last := len(list.of) - 1
	list.of[i] = list.of[last]
	list.of[last] = netip.Addr{}
	list.of = list.of[:last]
}

func serve() error {
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	fmt.Println("listening on", ln.Addr())
	var waitedFor atomic.Int32
	for {
		conn, err := ln.Accept()
		switch {
		case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
			time.Sleep(20 * time.Millisecond)
			continue
		case err != nil:
			return err
		}
		c := conn.(*net.TCPConn)
		a := c.RemoteAddr().(*net.TCPAddr).AddrPort().Addr().Unmap()
		if admit(a) {
			go func() {
				defer dismiss(a)
				defer c.Close()
				talk(c)
			}()
			continue
		}
		io.WriteString(c, "busy\n") // first of all, for the buffer is empty
		if waitedFor.Add(1) > 90 {
			waitedFor.Add(-1)
			c.Close()
			continue
		}
		go func() {
			finish(c, time.Now().Add(time.Second))
			c.Close()
			waitedFor.Add(-1)
		}()
	}
}

// finish sends a FIN, and takes what comes until then.
func finish(c *net.TCPConn, until time.Time) {
	if c.CloseWrite() != nil || c.SetReadDeadline(until) != nil {
		return
	}
	var waste [2048]byte
	for {
		if _, err := c.Read(waste[:]); err != nil {
			return
		}
	}
}

func talk(c *net.TCPConn) {
	lines := bufio.NewScanner(c)
	lines.Buffer(make([]byte, 0, 256), 4096)
	lines.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		n := bytes.IndexByte(data, '\n') + 1
		if n == 0 && atEOF {
			n = len(data)
		}
		if n == 0 {
			return 0, nil, nil
		}
		return n, data[:n], nil
	})
	for lines.Scan() {
		if _, err := c.Write(lines.Bytes()); err != nil {
			return
		}
	}
	if lines.Err() == bufio.ErrTooLong {
		until := time.Now().Add(time.Second)
		c.SetWriteDeadline(until)
		if _, err := io.WriteString(c, "too long\n"); err == nil {
			finish(c, until)
		}
	}
}
