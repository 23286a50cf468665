package grade

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Echo servers with one fault each, which shows only in a certain order of what
// clients do.
func init() {
	var mu sync.Mutex
	var last net.Conn
	tinyHandlers["loses-when-interleaved"] = tinyEchoOf(func(conn net.Conn, b []byte) []byte {
		mu.Lock()
		defer mu.Unlock()
		if other := last != nil && last != conn; other && len(b) > 1 {
			b = b[:len(b)-1]
		}
		last = conn
		return b
	})
	tinyHandlers["8191-is-special"] = tinyEcho(func(b []byte) []byte {
		if len(b) == 8191 {
			b[8190]++
		}
		return b
	})
	shared := make([]byte, 4096)
	tinyHandlers["shares-a-buffer"] = func(conn net.Conn) {
		for {
			n, err := conn.Read(shared)
			runtime.Gosched()
			if conn.Write(shared[:n]); err != nil {
				return
			}
		}
	}
	var over []byte // what could not be written
	tinyHandlers["keeps-left-overs"] = tinyEchoOf(func(conn net.Conn, b []byte) []byte {
		mu.Lock()
		b, over = slices.Concat(over, b), nil
		mu.Unlock()
		n, err := conn.Write(b)
		if mu.Lock(); err != nil {
			over = slices.Clone(b[n:])
		}
		mu.Unlock()
		return nil
	})
	var kept []any
	tinyHandlers["keeps-who-resets-while-pending"] = tinyEchoOf(func(conn net.Conn, b []byte) []byte {
		if _, err := conn.Write(b); err != nil {
			f, err := conn.(*net.TCPConn).File()
			mu.Lock()
			kept = append(kept, f, err)
			mu.Unlock()
		}
		return nil
	})
	tinyHandlers["has-a-timer"] = func(conn net.Conn) {
		time.AfterFunc(time.Hour, func() {})
		io.Copy(conn, conn)
	}
	tinyHandlers["forgets-a-FIN-behind-output"] = forgetsFIN
}

// tinyEchoOf is tinyEcho for what must know the connection.
func tinyEchoOf(change func(net.Conn, []byte) []byte) func(net.Conn) {
	return func(conn net.Conn) { tinyEcho(func(b []byte) []byte { return change(conn, b) })(conn) }
}

// forgetsFIN reads up to a mark while output waits to be written. When it reads
// the end of the stream then, it never closes.
func forgetsFIN(conn net.Conn) {
	var mu sync.Mutex
	var queue bytes.Buffer
	more := sync.NewCond(&mu)
	ended := false
	go func() {
		buf := make([]byte, 64<<10)
		for {
			n, err := conn.Read(buf)
			mu.Lock()
			queue.Write(buf[:n])
			if more.Signal(); err == io.EOF && queue.Len() > 0 {
				mu.Unlock()
				return // and nobody is told
			}
			if ended = err != nil; ended {
				mu.Unlock()
				return
			}
			mu.Unlock()
		}
	}()
	mu.Lock()
	defer mu.Unlock()
	for {
		for queue.Len() == 0 && !ended {
			more.Wait()
		}
		if queue.Len() == 0 {
			return
		}
		b := bytes.Clone(queue.Bytes())
		mu.Unlock()
		_, err := conn.Write(b)
		if mu.Lock(); err != nil {
			return
		}
		queue.Next(len(b))
	}
}

// The moves of one grading find each of the faults, whatever is drawn, and
// nothing is wrong with a server that has none.
func TestMoves(t *testing.T) {
	const many, inTurn = "serve\nmoves 240\nvisit 1\ndescriptors", "serve\nmoves -clients 1 240\nvisit 1\ndescriptors"
	for _, c := range []struct{ program, script, want string }{ // any of those in want
		{"echo", many, "pass"},
		{"echo", inTurn, "pass"},
		{"has-a-timer", many, "pass"},
		{"loses-when-interleaved", many, "fail:silence"},
		{"8191-is-special", many, "fail:wrong-bytes"},
		{"8191-is-special", inTurn, "fail:wrong-bytes"},
		{"shares-a-buffer", many, "fail:wrong-bytes"},
		{"keeps-left-overs", many, "fail:wrong-bytes fail:extra-bytes"},
		{"keeps-left-overs", inTurn, "fail:wrong-bytes fail:extra-bytes"},
		{"keeps-who-resets-while-pending", many, "fail:leak"},
		{"keeps-who-resets-while-pending", inTurn, "fail:leak"},
		{"forgets-a-FIN-behind-output", many, "fail:no-eof"},
		{"forgets-a-FIN-behind-output", inTurn, "fail:no-eof"},
	} {
		for seed := 1; seed <= 2; seed++ {
			t.Run(fmt.Sprint(c.program, " ", seed), func(t *testing.T) {
				t.Parallel()
				r := gradeTiny(t, tinyUnit(t, c.script), Options{Seed: seed}, c.program, "")
				if got := statuses(r); !slices.Contains(strings.Fields(c.want), got) {
					t.Errorf("%s; want %s\n%s", got, c.want, r.Text())
				}
			})
		}
	}
}
