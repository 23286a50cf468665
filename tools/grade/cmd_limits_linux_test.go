package grade

import (
	"bufio"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// Echo servers that serve two clients at a time, from whichever address, and send
// the others away, each in a way of its own.
func init() {
	echo := func(conn net.Conn) {
		r := bufio.NewReader(conn)
		for {
			line, err := r.ReadSlice('\n')
			conn.Write(line)
			if err != nil {
				return
			}
		}
	}
	tinyHandlers["line-by-line"] = echo
	limited := func(goodbye func(net.Conn)) func(net.Conn) {
		var mu sync.Mutex
		inside := 0
		return func(conn net.Conn) {
			mu.Lock()
			room := inside < 2
			if room {
				inside++
			}
			mu.Unlock()
			if !room {
				goodbye(conn)
				return
			}
			echo(conn)
			mu.Lock()
			inside--
			mu.Unlock()
		}
	}
	stages := func(bound time.Duration) func(net.Conn) {
		return func(conn net.Conn) {
			defer conn.Close()
			io.WriteString(conn, "busy\n") // which never waits: a starved program is given its time for that
			conn.(*net.TCPConn).CloseWrite()
			if bound > 0 {
				conn.SetDeadline(time.Now().Add(bound))
			}
			io.Copy(io.Discard, conn)
		}
	}
	tinyHandlers["two"] = limited(stages(200 * time.Millisecond))
	tinyHandlers["two-and-waits"] = limited(stages(0))
	tinyHandlers["two-by-the-clock"] = limited(func(conn net.Conn) {
		const tick = 500 * time.Millisecond
		stages(tick - time.Duration(time.Now().UnixNano())%tick)(conn)
	})
	tinyHandlers["two-half-a-second"] = limited(stages(500 * time.Millisecond))
	tinyHandlers["two-and-closes"] = limited(func(conn net.Conn) {
		io.WriteString(conn, "busy\n")
		conn.Close()
	})
	var mu sync.Mutex
	known := map[string]int{}
	know := func(conn net.Conn) {
		host, _, _ := net.SplitHostPort(conn.RemoteAddr().String())
		mu.Lock()
		known[host]++
		mu.Unlock()
	}
	tinyHandlers["knows-addresses"] = func(conn net.Conn) {
		know(conn)
		echo(conn)
	}
	tinyHandlers["two-and-knows"] = limited(func(conn net.Conn) {
		know(conn)
		stages(200 * time.Millisecond)(conn)
	})
}

// The commands for servers with bounds tell those that keep theirs from others.
func TestLimits(t *testing.T) {
	const border = "serve\nrush 2 'busy\\n' here*5\n"
	const stays = "# timeout 2s\nserve\ndial A B C\nrecv C 'busy\\n'\neof C\nlet-go C\n"
	const spoke = "serve\ndial A B\nturned-away -close 3 'busy\\n'\n"
	const gone = "serve\ndial A B\nturned-away -gone 3 'busy\\n'\nclose A\nrush 1 'busy\\n' here*3\n"
	const heard = "serve\ndial A B\nheard-out -then 2 C 500ms 'busy\\n'\n"
	const passers = "# garbage soon\nserve\npassers-by 300\n"
	const besieged = "serve\nbarrage INT 12 'a\\n' 'a\\n'\nexit 0\n"
	const drawn = "serve\nadmissions 2 2 'busy\\n' 60\n"
	for _, c := range []struct{ program, script, want string }{
		{"two", border, "pass"},
		{"line-by-line", border, "fail:too-many"},
		{"two", stays, "pass"},
		{"two-and-waits", stays, "fail:leak"},
		{"two", spoke, "pass"},
		{"two-and-closes", spoke, "fail:reset"},
		{"two", gone, "pass"},
		{"two-half-a-second", heard, "pass"},
		{"two-by-the-clock", heard, "fail:reset"},
		{"two", drawn, "pass"},
		{"line-by-line", passers, "pass"},
		{"echo", passers, "pass"},
		{"knows-addresses", passers, "fail:memory"},
		{"line-by-line", "# garbage soon\nserve\npassers-by 60 'a\\n' 'a\\n'\n", "pass"},
		{"line-by-line", "# garbage soon\nserve\npassers-by 60 'a\\n' 'b\\n'\n", "fail:wrong-bytes"},
		{"bells", besieged, "pass"},
		{"bells-that-ring-on", besieged, "fail:no-exit"},
		{"bells", "serve\nbarrage INT 2 'a\\n' 'b\\n'\n", "fail:wrong-bytes"},
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

// Servers that send without end, until a deadline: one for all writes, or one for each.
func init() {
	pours := func(set func(net.Conn), bound time.Duration) func(net.Conn) {
		return func(conn net.Conn) {
			defer conn.Close()
			piece := make([]byte, 64<<10)
			conn.Read(piece)
			conn.SetDeadline(time.Now().Add(bound))
			for {
				set(conn)
				if _, err := conn.Write(piece); err != nil {
					return
				}
			}
		}
	}
	const bound = 300 * time.Millisecond
	tinyHandlers["pours-for-a-while"] = pours(func(net.Conn) {}, bound)
	tinyHandlers["pours-on"] = pours(func(c net.Conn) { c.SetDeadline(time.Now().Add(10 * bound)) }, bound)
}

// A client that reads, or sends, a little now and then is cut off, or is not.
func TestUntilCut(t *testing.T) {
	const reads = "# patience 300ms\nserve\ndial A\nsend A x\nmark start\nuntil start 0.3\nsince start 0.3\n" +
		"until-cut -reading 512KiB A 4\ndescriptors\n"
	for _, c := range []struct{ program, want string }{
		{"pours-for-a-while", ""},
		{"pours-on", "wait: A reads a little now and then, and the server, which has slept for "},
	} {
		t.Run(c.program, func(t *testing.T) {
			t.Parallel()
			passes(t, c.program, reads, c.want)
		})
	}
}
