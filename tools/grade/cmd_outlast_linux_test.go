package grade

import (
	"io"
	"net"
	"os"
	"runtime"
	"testing"
	"time"
)

// Servers with timers of many kinds.
func init() {
	limited := func(set func(net.Conn)) func(net.Conn) {
		return func(conn net.Conn) {
			buf := make([]byte, 16<<10)
			for {
				set(conn)
				n, err := conn.Read(buf)
				if err != nil {
					return
				}
				if _, err := conn.Write(buf[:n]); err != nil {
					return
				}
			}
		}
	}
	soon := func() time.Time { return time.Now().Add(300 * time.Millisecond) }
	tinyHandlers["limits-reads"] = limited(func(c net.Conn) { c.SetReadDeadline(soon()) })
	tinyHandlers["limits-writes"] = limited(func(c net.Conn) { c.SetWriteDeadline(soon()) })
	tinyHandlers["limits-an-hour"] = limited(func(c net.Conn) { c.SetDeadline(time.Now().Add(time.Hour)) })
	tinyHandlers["closes-after-an-hour"] = func(conn net.Conn) {
		time.AfterFunc(time.Hour, func() { conn.Close() })
		limited(func(net.Conn) {})(conn)
	}
	tinyHandlers["wakes-each-minute"] = func(conn net.Conn) {
		go func() {
			for range time.Tick(time.Minute) {
			}
		}()
		limited(func(net.Conn) {})(conn)
	}
	after := func(f func(net.Conn)) func(net.Conn) {
		return func(conn net.Conn) {
			time.AfterFunc(300*time.Millisecond, func() { f(conn) })
			limited(func(net.Conn) {})(conn)
		}
	}
	tinyHandlers["fires-once"] = after(func(net.Conn) {})
	tinyHandlers["ends-soon"] = after(func(net.Conn) { os.Exit(1) })
	tinyHandlers["half-closes"] = after(func(c net.Conn) { c.(*net.TCPConn).CloseWrite() })
	tinyHandlers["spins-later"] = after(func(net.Conn) {
		for {
		}
	})
	tinyClients["asks"] = func(args []string) { tinyAsk(args[1], time.Time{}) }
	tinyClients["asks-briefly"] = func(args []string) { tinyAsk(args[1], soon()) }
	tinyHandlers["ticks"] = func(conn net.Conn) {
		go func() {
			for range time.Tick(20 * time.Millisecond) {
			}
		}()
		limited(func(net.Conn) {})(conn)
	}
	tinyHandlers["ticks-and-closes"] = func(conn net.Conn) {
		go func() {
			n := 0
			for range time.Tick(20 * time.Millisecond) {
				if n++; n > 50 {
					conn.Close()
				}
			}
		}()
		limited(func(net.Conn) {})(conn)
	}
}

// tinyAsk sends a word and prints the answer.
func tinyAsk(addr string, deadline time.Time) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		os.Exit(1)
	}
	defer conn.Close()
	conn.SetDeadline(deadline)
	io.WriteString(conn, "ask")
	io.Copy(os.Stdout, conn)
}

func TestOutlast(t *testing.T) {
	const (
		silent = "serve\ndial A\noutlast A\nsend A 'one\\n'\nrecv A 'one\\n'\noutlast A\nsend A 'two\\n'\n" +
			"recv A 'two\\n'"
		unread  = "serve\ndial -small A\nstuff A\noutlast A\nunstuff A\nclosewrite A\neof A"
		waits   = "serve\ndial -small A\nstuff A\nclosewrite A\noutlast A\nunstuff A\neof A"
		forever = "serve\ndial A\nsend A 'one\\n'\nrecv A 'one\\n'\noutlast -forever A\nsend A 'two\\n'\n" +
			"recv A 'two\\n'\noutlast -forever A\nclosewrite A\neof A"
		unreadForever = "serve\ndial -small A\nstuff A\noutlast -forever A\nunstuff A\nclosewrite A\neof A"
		partOf        = "serve\ndial A\nsend A 'one\\n'\nrecv A 'one\\n'\noutlast\nclosewrite A\neof A"
		nothing       = "serve\noutlast\nvisit 1"
	)
	const client = "listen S\nrun $S\naccept C\nrecv C 'ask'\noutlast C\nsend C 'late'\nclose C\nexit 0\noutput 'late'"
	for _, c := range []struct{ program, script, want string }{
		{"echo", silent, "pass"},
		{"echo", unread, "pass"},
		{"echo", waits, "pass"},
		{"echo", nothing, "pass"},
		{"limits-reads", silent, "fail:early-eof"},
		{"limits-reads", nothing, "pass"},
		{"limits-reads", waits, "pass"},             // it reads, time and again, until the FIN
		{"limits-writes", silent, "fail:early-eof"}, // set before a read that waits
		{"limits-writes", unread, "fail:reset"},
		{"limits-writes", waits, "fail:reset"},
		{"limits-an-hour", silent, "pass"},
		{"limits-an-hour", unread, "pass"},
		{"echo", forever, "pass"},
		{"echo", unreadForever, "pass"},
		{"fires-once", forever, "pass"},
		{"wakes-each-minute", forever, "pass"},
		{"fires-once", silent, "pass"},
		{"ends-soon", silent, "fail:exited"},
		{"ends-soon", partOf, "fail:exited"},
		{"half-closes", silent, "fail:early-eof"},
		{"spins-later", silent, "fail:busy-loop"},
		{"asks", client, "pass"},
		{"asks-briefly", client, "fail:early-eof"},
		{"ticks", partOf, "pass"},
		{"ticks-and-closes", silent, "fail:early-eof"},
	} {
		t.Run(c.program, func(t *testing.T) {
			t.Parallel()
			r := gradeTiny(t, tinyUnit(t, c.script), Options{}, c.program, "")
			if got := statuses(r); got != c.want {
				t.Errorf("%s; want %s\n%s", got, c.want, r.Text())
			}
		})
	}
}

// A program whose clock is put forward shows what its timers do.
func TestOutlastForever(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the grader does not know how to put a clock forward here")
	}
	const (
		silent = "serve\ndial A\nsend A 'one\\n'\nrecv A 'one\\n'\noutlast -forever A"
		unread = "serve\ndial -small A\nstuff A\noutlast -forever A"
	)
	for _, c := range []struct{ program, script, want string }{
		{"limits-an-hour", silent, "fail:early-eof"},
		{"limits-an-hour", unread, "fail:reset"},
		{"closes-after-an-hour", silent, "fail:early-eof"},
	} {
		t.Run(c.program, func(t *testing.T) {
			t.Parallel()
			r := gradeTiny(t, tinyUnit(t, c.script), Options{}, c.program, "")
			if got := statuses(r); got != c.want {
				t.Errorf("%s; want %s\n%s", got, c.want, r.Text())
			}
		})
	}
}
