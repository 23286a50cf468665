// Tlsd echoes over TLS, and asks only servers that prove who they are.
//
//	tlsd [-listen ADDR] [-handshake D] -cert F -key F [-cert F -key F]...
//	tlsd -ask ADDR [-handshake D] -ca F NAME
//
// The first form serves. It prints "listening on ADDR" once it can be reached,
// and sends back what its clients send, over TLS 1.3. Each -cert is a file with
// a certificate and those of its issuers, and the n-th -key is that of the n-th
// -cert; a client gets the one that has the name it asks for, or else the
// first. A handshake may take the time D.
//
// The second form sends its standard input to the server at ADDR, and prints
// what comes back, if that server proves with a certificate that it is NAME.
// The file of -ca says whose certificates count. The status is 0 when all that
// was sent has come back, 1 when something failed, and 2 after a wrong use.
//
// This file is the only one you edit. accept.go is given.
// Read chapters/18-tls.md first, up to and including "The exercise".
package main

import (
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

func main() {
	// TODO: delete the next line, write the functions below, and run the grader.
	// You may add others, and imports: context, crypto/x509, log and runtime,
	// perhaps.
	notWritten()

	var certs, keys []string
	flag.Func("cert", "`file` with a certificate, to serve; may be given again", func(f string) error {
		certs = append(certs, f)
		return nil
	})
	flag.Func("key", "`file` with the key of that certificate", func(f string) error {
		keys = append(keys, f)
		return nil
	})
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	server := flag.String("ask", "", "`address` of a server to ask")
	ca := flag.String("ca", "", "`file` with the certificates of the authorities that count")
	limit := flag.Duration("handshake", 10*time.Second, "longest time for a handshake")
	flag.Parse()
	serves := *server == "" && len(certs) > 0 && len(certs) == len(keys) && flag.NArg() == 0
	asks := *server != "" && *ca != "" && flag.NArg() == 1
	if *limit <= 0 || !serves && !asks {
		fmt.Fprintln(os.Stderr, "tlsd: to serve takes as many -cert as -key, and to -ask takes -ca and a name")
		flag.Usage()
		os.Exit(2)
	}
	var err error
	if asks {
		err = ask(*server, flag.Arg(0), *ca, *limit, os.Stdin, os.Stdout)
	} else {
		err = run(*listen, certs, keys, *limit)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "tlsd:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves clients.
func run(addr string, certs, keys []string, limit time.Duration) error {
	config, err := settings(certs, keys)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return serve(ln, config, limit)
}

// settings returns those of a server with these certificates and keys, for
// TLS 1.3 alone; P-256 or X25519 is enough to agree on a key. The error names
// the file that is to blame; a key that others than its owner may read or
// write is one.
func settings(certs, keys []string) (*tls.Config, error) {
	// TODO: write it.
	return nil, errors.ErrUnsupported
}

// serve gives each client of ln a goroutine of its own, until accepting fails.
// It logs the address of a client for which handle returns an error, with it.
func serve(ln net.Listener, config *tls.Config,
	limit time.Duration) error {
	// TODO: write it.
	return errors.ErrUnsupported
}

// handle shakes hands with a client, which may take the time limit, sends back
// what comes, to its end, and closes conn. It returns nil when the client's
// stream has ended as a stream of TLS should.
func handle(conn *tls.Conn, limit time.Duration) error {
	// TODO: write it.
	return nil
}

// ask sends all of in to the server at addr, which must prove that it is name,
// and writes to out what comes back. The handshake, the dial included, may take
// the time limit. The error is that of reason when the certificate proves
// nothing, and another one when less came back than was sent.
func ask(addr, name, ca string, limit time.Duration,
	in io.Reader, out io.Writer) error {
	// TODO: write it.
	return errors.ErrUnsupported
}

// exchange sends all of in on conn, and then that no more comes; at the same
// time it writes to out what comes. It returns when that ends, or has failed.
func exchange(conn *tls.Conn, in io.Reader, out io.Writer) error {
	// TODO: write it.
	return nil
}

// reason puts in front of the error of a handshake why the certificate was not
// accepted: "wrong name", "expired" or "unknown authority". Other errors stay.
func reason(err error) error {
	// TODO: write it.
	return err
}

// notWritten tells the grader that this exercise has not been started.
func notWritten() {
	fmt.Fprintln(os.Stderr, "not written yet")
	os.Exit(1)
}
