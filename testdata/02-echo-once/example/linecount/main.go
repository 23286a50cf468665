// Linecount is a server for one client: it reads to the client's end of stream,
// and says how many lines and bytes there were.
//
//	linecount [-listen ADDR] [-buffer N] [-show]
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
)

func main() {
	log.SetFlags(0)
	at := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	size := flag.Int("buffer", 8, "read with a buffer of `N` bytes")
	show := flag.Bool("show", false, "print what each read returns")
	flag.Parse()

	listener, err := net.Listen("tcp", *at)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", listener.Addr())
	client, err := listener.Accept()
	if err != nil {
		log.Fatal(err)
	}
	lines, total, err := count(client, make([]byte, *size), *show)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprintf(client, "%d lines, %d bytes\n", lines, total)
	client.Close()
}

// count reads r to its end through buf.
func count(r io.Reader, buf []byte, show bool) (lines, total int, err error) {
	for {
		n, err := r.Read(buf)
		if show {
			fmt.Printf("n=%d buf[:n]=%q buf=%q\n", n, buf[:n], buf)
		}
		lines += bytes.Count(buf[:n], []byte("\n"))
		total += n
		if err == io.EOF {
			return lines, total, nil
		}
		if err != nil {
			return lines, total, err
		}
	}
}
