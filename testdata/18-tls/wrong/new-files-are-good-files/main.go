// Belief: a user that sends SIGHUP has put good files there.
//
// A file that is wrong ends the server, and all its connections.
//
// Caught by: 62-reload (exited).
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
	"os/signal"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
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

func run(addr string, certs, keys []string, limit time.Duration) error {
	first, err := settings(certs, keys)
	if err != nil {
		return err
	}
	var current atomic.Pointer[tls.Config]
	current.Store(first)
	config := &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		return current.Load(), nil
	}}
	again := make(chan os.Signal, 1)
	signal.Notify(again, syscall.SIGHUP)
	go func() {
		for range again {
			next, err := settings(certs, keys)
			if err != nil {
				log.Fatal(err)
			}
			current.Store(next)
		}
	}()
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return serve(ln, config, limit)
}

func settings(certs, keys []string) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS13}
	for i, cert := range certs {
		info, err := os.Stat(keys[i])
		if err != nil {
			return nil, err
		}
		mode := info.Mode().Perm()
		if mode&0o077 != 0 && runtime.GOOS != "windows" {
			return nil, fmt.Errorf("%s: others may use it: %o", keys[i], mode)
		}
		pair, err := tls.LoadX509KeyPair(cert, keys[i])
		if err != nil {
			return nil, fmt.Errorf("%s, %s: %w", cert, keys[i], err)
		}
		config.Certificates = append(config.Certificates, pair)
	}
	return config, nil
}

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

func handle(conn *tls.Conn, limit time.Duration) error {
	defer conn.Close()
	within, cancel := context.WithTimeout(context.Background(), limit)
	err := conn.HandshakeContext(within)
	cancel()
	if err != nil {
		return fmt.Errorf("handshake: %w", err)
	}
	_, err = io.Copy(conn, conn)
	return err
}

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
	config := &tls.Config{RootCAs: roots, ServerName: name,
		MinVersion: tls.VersionTLS13}
	within, cancel := context.WithTimeout(context.Background(), limit)
	dialer := tls.Dialer{Config: config}
	conn, err := dialer.DialContext(within, "tcp", addr)
	cancel()
	if err != nil {
		return reason(err)
	}
	defer conn.Close()
	return exchange(conn.(*tls.Conn), in, out)
}

func exchange(conn *tls.Conn, in io.Reader, out io.Writer) error {
	sent := make(chan total, 1)
	go func() {
		n, err := io.Copy(conn, in)
		sent <- total{n, err}
		conn.CloseWrite()
	}()
	got, err := io.Copy(out, conn)
	if err != nil {
		return err
	}
	select {
	case all := <-sent:
		if all.err == nil && all.bytes != got {
			return fmt.Errorf("only %d of %d bytes came back", got, all.bytes)
		}
		return all.err
	default:
		return errors.New("the stream has ended before the input")
	}
}

type total struct {
	bytes int64
	err   error
}

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
