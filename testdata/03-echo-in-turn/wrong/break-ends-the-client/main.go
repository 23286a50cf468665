// Belief: break on an error ends the turn of this client only.
//
// After one client's reset the server still looks alive, but it is not in Accept any more.
//
// Caught by: 10-reset (silence).
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", ln.Addr())
	go serve(ln)

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt) // runs until Ctrl-C
	<-stop
}

// serve takes clients from ln one at a time.
func serve(ln net.Listener) {
	for {
		conn, err := ln.Accept()
		if err != nil {
			log.Println("accept:", err)
			break
		}
		err = echo(conn)
		conn.Close()
		if err != nil {
			log.Println(conn.RemoteAddr(), err)
			break // done with this one
		}
	}
}

// echo sends back what comes, until the client has no more to say.
func echo(conn net.Conn) error {
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if n > 0 {
			if _, err := conn.Write(buf[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
