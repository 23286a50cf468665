package grade

import (
	"fmt"
	"io"
	"maps"
	"net"
	"testing"
)

// The tiny programs that pass on what comes.
func init() {
	maps.Copy(tinyClients, map[string]func(args []string){
		"passes": func(args []string) { tinyRelay(args, true) },
		"closes": func(args []string) { tinyRelay(args, false) },
		"looks": func(args []string) { // whether the backend is there
			if c, err := net.Dial("tcp", args[3]); err == nil {
				c.Close()
			}
			tinyRelay(args, true)
		},
		"hoards": func(args []string) {
			tinyJoin(args, func(client, backend net.Conn) {
				b, _ := io.ReadAll(client)
				backend.Write(b)
			})
		},
	})
}

// tinyJoin is a relay: -listen ADDR -to ADDR.
func tinyJoin(args []string, join func(client, backend net.Conn)) {
	ln, err := net.Listen("tcp", args[1])
	if err != nil {
		panic(err)
	}
	fmt.Println("listening on", ln.Addr())
	for {
		client, err := ln.Accept()
		if err != nil {
			panic(err)
		}
		go func() {
			if backend, err := net.Dial("tcp", args[3]); err == nil {
				join(client, backend)
				client.Close()
				backend.Close()
			}
		}()
	}
}

func tinyRelay(args []string, resets bool) {
	tinyJoin(args, func(client, backend net.Conn) {
		done := make(chan bool, 2)
		pass := func(dst, src net.Conn) {
			if _, err := io.Copy(dst, src); err != nil && resets {
				dst.(*net.TCPConn).SetLinger(0)
				dst.Close()
			}
			dst.(*net.TCPConn).CloseWrite()
			done <- true
		}
		go pass(backend, client)
		go pass(client, backend)
		<-done
		<-done
	})
}

// What is said of a server that is a relay: the grader is its client and its
// backend at the same time.
func TestPassing(t *testing.T) {
	const both = "listen -small b\nserve -to $b\ndial -small A\naccept B b\n"
	for _, c := range []struct{ name, program, script, want string }{
		{"there and back", "passes", both + "send A hi\nrecv B hi\nclosewrite A\neof B\nsend B ho\nrecv A ho\n" +
			"closewrite B\neof A\nlet-go A B\ndescriptors\ngoroutines 2", "pass"},
		{"little is kept", "passes", both + "stuff A\nkeeps A B 1MiB\npassed A B\nclosewrite A\neof B", "pass"},
		{"much is kept", "hoards", both + "stuff A\nkeeps A B 1MiB", "fail:memory"},
		{"nothing passes", "hoards", both + "send A hi\nrecv B hi", "fail:silence"},
		{"a reset", "passes", both + "reset A\naborted B ''", "pass"},
		{"a reset as a FIN", "closes", both + "reset A\naborted B ''", "fail:early-eof"},
		{"sessions", "passes", "listen b\nserve -to $b\nsessions -clients 2 6 b", "pass"},
		{"sessions without resets", "closes", "listen b\nserve -to $b\nsessions 40 b", "fail:early-eof"},
		{"an echo behind it", "passes", "# through echo\nserve\ndial -small A B\nlockstep A each:abc\nflood A 1MiB\n" +
			"stuff B\nclosewrite B\nunstuff B\neof B\nreset A\nvisit 2\ndescriptors", "pass"},
		{"no echo comes", "hoards", "# through echo\nserve\ndial A\nsend A hi\nrecv A hi", "fail:silence"},
		{"started again", "passes", both + "close A B\nend\nrestart -to $b\ndial C\naccept D b\n" +
			"send C hi\nrecv D hi", "pass"},
		{"a backend that comes and goes", "passes", "listen -closed b\nserve -to $b\nup b\ndial A\naccept B b\n" +
			"send A hi\nrecv B hi\ndown b\nup b\ndial C\naccept D b\nsend D ho\nrecv C ho\nsend B ha\nrecv A ha",
			"pass"},
		{"a look before", "looks", "listen b\nserve -to $b\ndial A\nsend A hi\naccept -asks B b\nrecv B hi", "pass"},
		{"the look is taken for it", "looks", "listen b\nserve -to $b\ndial A\nsend A hi\naccept B b\nrecv B hi",
			"fail:early-eof"},
		{"nothing asks", "passes", both[:len(both)-len("accept B b\n")] + "accept -asks B b", "fail:silence"},
		{"no session", "echo", "listen b\nserve\ndial A\naccept B b", "fail:silence"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := gradeTiny(t, tinyUnit(t, c.script), Options{}, c.program)
			if got := statuses(r); got != c.want {
				t.Errorf("%s; want %s\n%s", got, c.want, r.Text())
			}
		})
	}
}
