// Right: what comes from the socket goes into a pipe, and TLS runs over that. The client is a loop
// of events: a part of the input, a part of the stream, the end of either.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
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
		end := time.Now().Add(limit)
		go func() {
			wire := newWire(conn)
			if err := handle(wire, tls.Server(wire, config), end); err != nil {
				fmt.Fprintf(os.Stderr, "tlsd: %v: %v\n", conn.RemoteAddr(), err)
			}
		}()
	}
}

type wire struct {
	net.Conn
	in *io.PipeReader
}

func newWire(conn net.Conn) *wire {
	in, out := io.Pipe()
	go func() {
		_, err := io.Copy(out, conn)
		out.CloseWithError(err)
	}()
	return &wire{conn, in}
}

func (w *wire) Read(b []byte) (int, error) { return w.in.Read(b) }

func (w *wire) Close() error {
	w.in.Close()
	return w.Conn.Close()
}

func handle(below *wire, conn *tls.Conn, end time.Time) error {
	defer below.Close()
	shaken := make(chan error, 1)
	go func() { shaken <- conn.Handshake() }()
	tooLate := time.NewTimer(time.Until(end))
	defer tooLate.Stop()
	select {
	case err := <-shaken:
		if err != nil {
			return fmt.Errorf("the handshake failed: %w", err)
		}
	case <-tooLate.C:
		below.Close()
		<-shaken
		return errors.New("the handshake took too long")
	}
	if _, err := io.Copy(conn, conn); err != nil {
		return err
	}
	return conn.Close()
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
	dialer := tls.Dialer{Config: &tls.Config{RootCAs: roots,
		ServerName: name, MinVersion: tls.VersionTLS13}}
	within, cancel := context.WithTimeout(context.Background(), limit)
	conn, err := dialer.DialContext(within, "tcp", addr)
	cancel()
	if err != nil {
		return reason(err)
	}
	defer conn.Close()
	return exchange(conn.(*tls.Conn), in, out)
}

func exchange(conn *tls.Conn, in io.Reader, out io.Writer) error {
	type event struct {
		server bool
		bytes  int64
		err    error
	}
	events := make(chan event)
	over := make(chan struct{})
	defer close(over)
	tell := func(e event) {
		select {
		case events <- e:
		case <-over:
		}
	}
	carry := func(server bool, from io.Reader, to io.Writer) {
		buf := make([]byte, 12345)
		for {
			n, err := from.Read(buf)
			if n > 0 {
				tell(event{server: server, bytes: int64(n)})
				if _, err := to.Write(buf[:n]); err != nil {
					if !server {
						return
					}
					tell(event{server: server, err: err})
					return
				}
			}
			if err != nil {
				tell(event{server: server, err: err})
				return
			}
		}
	}
	go carry(false, in, conn)
	go carry(true, conn, out)

	var sent, printed int64
	inputEnded := false
	for e := range events {
		switch {
		case e.server && e.err == io.EOF:
			if !inputEnded {
				return errors.New("the stream has ended, and there is more to send")
			}
			if sent != printed {
				return fmt.Errorf("%d bytes sent, and %d came back", sent, printed)
			}
			return nil
		case e.err == io.EOF:
			inputEnded = true
			go func() {
				if errors.Is(conn.CloseWrite(), os.ErrDeadlineExceeded) {
					conn.NetConn().Close()
				}
			}()
		case e.err != nil:
			return e.err
		case e.server:
			printed += e.bytes
		default:
			sent += e.bytes
		}
	}
	return nil
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
