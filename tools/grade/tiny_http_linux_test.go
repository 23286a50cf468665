package grade

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
)

// Tiny proxies, and their faults.
func init() {
	maps.Copy(tinyClients, map[string]func(args []string){
		"proxy":          func(args []string) { tinyProxy(args, tinyFaults{}) },
		"proxy-trusts":   func(args []string) { tinyProxy(args, tinyFaults{trusts: true}) },
		"proxy-hushes":   func(args []string) { tinyProxy(args, tinyFaults{hushes: true}) },
		"proxy-strips":   func(args []string) { tinyProxy(args, tinyFaults{strips: true}) },
		"proxy-finishes": func(args []string) { tinyProxy(args, tinyFaults{finishes: true}) },
	})
}

// tinyFaults are what a tiny proxy does wrong.
type tinyFaults struct {
	trusts   bool // it connects before it looks at the request
	hushes   bool // it says nothing when it refuses
	strips   bool // it loses the field X
	finishes bool // it brings to an end what has broken off
}

func tinyProxy(args []string, faults tinyFaults) {
	ln, err := net.Listen("tcp", args[1])
	check(err)
	fmt.Println("listening on", ln.Addr())
	for {
		c, err := ln.Accept()
		check(err)
		go func() {
			defer c.Close()
			for r := bufio.NewReader(c); tinyExchange(c, r, faults, args); {
			}
		}()
	}
}

// tinyExchange serves one request, and reports whether another may follow.
func tinyExchange(c net.Conn, r *bufio.Reader, faults tinyFaults, args []string) bool {
	if faults.trusts {
		if o, err := net.Dial("tcp", args[3]); err == nil {
			defer o.Close()
		}
	}
	req, err := http.ReadRequest(r)
	if err == io.EOF {
		return false
	}
	if err != nil {
		if !faults.hushes {
			io.WriteString(c, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
		}
		return false
	}
	o, err := net.Dial("tcp", req.URL.Host)
	check(err)
	defer o.Close()
	if req.Method == "CONNECT" {
		io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
		go io.Copy(o, r)
		io.Copy(c, o)
		return false
	}
	if faults.strips {
		req.Header.Del("X")
	}
	req.Header.Set("User-Agent", "")
	if req.Write(o) != nil {
		if !faults.finishes {
			o.(*net.TCPConn).SetLinger(0)
		}
		io.WriteString(c, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
		return false
	}
	answer, err := http.ReadResponse(bufio.NewReader(o), req)
	if err != nil {
		io.WriteString(c, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
		return false
	}
	return answer.Write(c) == nil
}
