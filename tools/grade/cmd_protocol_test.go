package grade

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"strings"
	"testing"
)

// Servers of questions that end in a dot, which are answered in capitals; what
// begins with ? makes no sense.
func init() {
	tinyHandlers["capitals"] = func(conn net.Conn) {
		for r := bufio.NewReader(conn); ; {
			q, err := r.ReadString('.')
			if err != nil {
				return
			}
			if q[0] == '?' {
				fmt.Fprint(conn, "no")
				return
			}
			fmt.Fprint(conn, strings.ToUpper(q))
		}
	}
	tinyHandlers["a-read-is-a-question"] = func(conn net.Conn) {
		buf := make([]byte, 4096)
		for {
			n, err := conn.Read(buf)
			if err != nil {
				return
			}
			conn.Write(bytes.ToUpper(buf[:n]))
		}
	}
	tinyHandlers["the-end-is-a-dot"] = func(conn net.Conn) {
		for r := bufio.NewReader(conn); ; {
			q, err := r.ReadString('.')
			fmt.Fprint(conn, strings.ToUpper(q))
			if err != nil {
				return
			}
		}
	}
	tinyHandlers["says-no-and-stays"] = func(conn net.Conn) {
		conn.Read(make([]byte, 100))
		fmt.Fprint(conn, "no")
		conn.Read(make([]byte, 100))
	}
}

func TestQuestions(t *testing.T) {
	const (
		ask     = "serve\ndial A\nask -each every-byte A 'x{}y.' 'X{}Y.'"
		cuts    = "serve\ncuts a. A. bb. BB."
		fins    = "serve\ncuts -fin a. A. bb. BB."
		rejects = "serve\nrejects no ?. ?a."
	)
	for _, c := range []struct{ program, script, want string }{
		{"capitals", "serve\ndial A\nask A a. A. b. B.", "pass"},
		{"echo", "serve\ndial A\nask A a. A.", "fail:wrong-bytes"},
		{"capitals", "serve\ndial A\nask A a. ''", "fail:extra-bytes"},
		{"capitals", ask, "fail:wrong-bytes"}, // a letter, and the dot itself
		{"capitals", cuts, "pass"},
		{"a-read-is-a-question", cuts, "fail:out-of-turn"},
		{"capitals", fins, "pass"},
		{"the-end-is-a-dot", fins, "fail:extra-bytes"},
		{"capitals", "serve\ncuts -reset a. A. bb. BB.\ndescriptors", "pass"},
		{"capitals", rejects, "pass"},
		{"echo", rejects, "fail:wrong-bytes"},
		{"says-no-and-stays", rejects, "fail:no-eof"},
	} {
		t.Run(c.program+"/"+c.script, func(t *testing.T) {
			t.Parallel()
			r := gradeTiny(t, tinyUnit(t, c.script), Options{}, c.program, "")
			if got := statuses(r); got != c.want {
				t.Errorf("%s, want %s\n%s", got, c.want, r.Text())
			}
		})
	}
}
