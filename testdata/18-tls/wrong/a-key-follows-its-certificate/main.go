// Belief: a -key follows its -cert at once.
//
// The lists are complete only after the last argument.
//
// Caught by: 13-no-such-name (exited).
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"runtime"
	"slices"
	"time"
)

func main() {
	var pairs []pair
	flag.Func("cert", "`file` with a certificate, to serve; may be given again", func(f string) error {
		if n := len(pairs); n == 0 || pairs[n-1].cert != "" {
			pairs = append(pairs, pair{})
		}
		pairs[len(pairs)-1].cert = f
		return nil
	})
	flag.Func("key", "`file` with the key of that certificate", func(f string) error {
		if n := len(pairs); n == 0 || pairs[n-1].key != "" {
			pairs = append(pairs, pair{})
		}
		pairs[len(pairs)-1].key = f
		return nil
	})
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	server := flag.String("ask", "", "`address` of a server to ask")
	ca := flag.String("ca", "", "`file` with the certificates of the authorities that count")
	limit := flag.Duration("handshake", 10*time.Second, "longest time for a handshake")
	flag.Parse()
	whole := !slices.ContainsFunc(pairs, func(p pair) bool { return p.cert == "" || p.key == "" })
	serves := *server == "" && len(pairs) > 0 && whole && flag.NArg() == 0
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
		err = run(*listen, pairs, *limit)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "tlsd:", err)
		os.Exit(1)
	}
}

// A pair is a file with a certificate and one with its key.
type pair struct{ cert, key string }

// run listens on addr and serves clients.
func run(addr string, pairs []pair, limit time.Duration) error {
	config, err := settings(pairs)
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
func settings(pairs []pair) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS13}
	for _, p := range pairs {
		info, err := os.Stat(p.key)
		if err != nil {
			return nil, err
		}
		mode := info.Mode().Perm() // on Windows it says nothing
		if mode&0o077 != 0 && runtime.GOOS != "windows" {
			return nil, fmt.Errorf("%s: others may use it: %o", p.key, mode)
		}
		loaded, err := tls.LoadX509KeyPair(p.cert, p.key)
		if err != nil {
			return nil, fmt.Errorf("%s, %s: %w", p.cert, p.key, err)
		}
		config.Certificates = append(config.Certificates, loaded)
	}
	return config, nil
}

// serve gives each client of ln a goroutine of its own, until accepting fails.
// It logs the address of a client for which handle returns an error, with it.
func serve(ln net.Listener, config *tls.Config,
	limit time.Duration) error {
	for {
		conn, err := accept(ln)
		if err != nil {
			return err
		}
		go func() {
			if err := handle(tls.Server(conn, config), limit); err != nil {
				log.Println(conn.RemoteAddr(), err)
			}
		}()
	}
}

// handle shakes hands with a client, which may take the time limit, sends back
// what comes, to its end, and closes conn. It returns nil when the client's
// stream has ended as a stream of TLS should.
func handle(conn *tls.Conn, limit time.Duration) error {
	defer conn.Close()
	within, cancel := context.WithTimeout(context.Background(), limit)
	err := conn.HandshakeContext(within)
	cancel() // what follows has no limit
	if err != nil {
		return fmt.Errorf("handshake: %w", err)
	}
	_, err = io.Copy(conn, conn)
	return err
}

// ask sends all of in to the server at addr, which must prove that it is name,
// and writes to out what comes back. The handshake, the dial included, may take
// the time limit. The error is that of reason when the certificate proves
// nothing, and another one when less came back than was sent.
func ask(addr, name, ca string, limit time.Duration,
	in io.Reader, out io.Writer) error {
	pem, err := os.ReadFile(ca)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return fmt.Errorf("%s: no certificate is in it", ca)
	}
	dialer := tls.Dialer{Config: &tls.Config{RootCAs: roots,
		ServerName: name, MinVersion: tls.VersionTLS13}}
	within, cancel := context.WithTimeout(context.Background(), limit)
	conn, err := dialer.DialContext(within, "tcp", addr)
	cancel() // what follows has no limit
	if err != nil {
		return reason(err)
	}
	defer conn.Close()
	return exchange(conn.(*tls.Conn), in, out)
}

// exchange sends all of in on conn, and then that no more comes; at the same
// time it writes to out what comes. It returns when that ends, or has failed.
func exchange(conn *tls.Conn, in io.Reader, out io.Writer) error {
	sent := make(chan total, 1)
	go func() {
		n, err := io.Copy(conn, in)
		sent <- total{n, err} // before the server can answer the close_notify
		if errors.Is(conn.CloseWrite(), os.ErrDeadlineExceeded) {
			conn.NetConn().Close() // or both would wait
		}
	}()
	got, err := io.Copy(out, conn)
	if err != nil {
		return err
	}
	select {
	case all := <-sent:
		if all.err == nil && all.bytes != got {
			return fmt.Errorf("%d bytes sent, and %d came back", all.bytes, got)
		}
		return all.err
	default:
		return errors.New("the stream has ended before the input")
	}
}

// A total is how much was copied, and why no more.
type total struct {
	bytes int64
	err   error
}

// reason puts in front of the error of a handshake why the certificate was not
// accepted: "wrong name", "expired" or "unknown authority". Other errors stay.
func reason(err error) error {
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &name):
		return fmt.Errorf("wrong name: %w", err)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Errorf("expired: %w", err)
	case errors.As(err, &unknown):
		return fmt.Errorf("unknown authority: %w", err)
	}
	return err
}
