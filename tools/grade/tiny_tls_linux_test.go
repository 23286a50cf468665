package grade

import (
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
)

// Tiny programs that speak TLS, and their faults.
func init() {
	for _, name := range []string{"tls-echo", "tls-closes-below", "tls-in-turn", "tls-first-name", "tls-dies"} {
		tinyClients[name] = func(args []string) { tinyTLS(name, args[1:]) }
	}
	tinyClients["says-its-input"] = func(args []string) {
		fmt.Print(os.Getenv(args[1]))
		io.Copy(os.Stdout, os.Stdin)
	}
	for _, name := range []string{"tls-ask", "tls-asks-anybody"} {
		tinyClients[name] = func(args []string) { tinyAskTLS(name, args[1:]) }
	}
}

func tinyTLS(name string, args []string) {
	set := flag.NewFlagSet(name, flag.ExitOnError)
	addr := set.String("listen", "", "")
	config := &tls.Config{MinVersion: tls.VersionTLS13}
	set.Func("pair", "", func(of string) error {
		c, err := tls.LoadX509KeyPair(of+".crt", of+".key")
		config.Certificates = append(config.Certificates, c)
		return err
	})
	set.Parse(args)
	if name == "tls-first-name" {
		config.Certificates = config.Certificates[:1]
	}
	ln, err := net.Listen("tcp", *addr)
	check(err)
	fmt.Println("listening on", ln.Addr())
	for {
		below, err := ln.Accept()
		check(err)
		conn := tls.Server(below, config)
		if name == "tls-in-turn" {
			conn.Handshake()
		}
		go func() {
			if _, err := io.Copy(conn, conn); err != nil && name == "tls-dies" {
				os.Exit(1)
			}
			if name == "tls-closes-below" {
				below.Close()
			}
			conn.Close()
		}()
	}
}

// tinyAskTLS sends a word to ADDR, if that is NAME by the authority in FILE.
func tinyAskTLS(name string, args []string) {
	pem, err := os.ReadFile(args[1])
	check(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	conn, err := tls.Dial("tcp", args[0], &tls.Config{RootCAs: roots, ServerName: args[2],
		InsecureSkipVerify: name == "tls-asks-anybody"})
	if err != nil {
		os.Exit(1)
	}
	fmt.Fprint(conn, "word")
	io.Copy(os.Stdout, conn)
}
