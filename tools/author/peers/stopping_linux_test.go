package peers

import (
	"bytes"
	"io"
	"net"
	"regexp"
	"testing"
	"time"
)

// lastWords are what a server of the unit about stopping says when it ends.
var lastWords = regexp.MustCompile(`(?m)^drained: [12] finished, 0 cut off$`)

// TestRedisWhileStopping stops a server that the client of Redis asks again and
// again. Another client is in the middle of a command, and must have its reply.
func TestRedisWhileStopping(t *testing.T) {
	cli := tool(t, "redis-cli")
	s := serve(t, "drained", "-grace", "30s")
	busy, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	busy.SetDeadline(time.Now().Add(patience))
	// Both commands come in one segment, so the second has begun when the first is answered.
	exchange(t, busy, "*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nECHO\r\n$5\r\nhe", "+PONG\r\n")

	c := start(t, "redis-cli", cli, "-h", s.host, "-p", s.port, "-r", "-1", "-i", "0.01", "PING")
	c.await("two replies", func() bool { return bytes.Count(c.Stdout().Bytes(), []byte("PONG")) > 1 })
	if err := s.Signal("TERM"); err != nil {
		t.Fatal(err)
	}
	if code := c.exits(); code == 0 {
		c.fatalf("exit status 0, though its server has gone")
	}
	next := start(t, "redis-cli", cli, "-h", s.host, "-p", s.port, "PING")
	if code := next.exits(); code == 0 || !has(next.Stderr(), "Connection refused") {
		next.fatalf("exit status %d; its dial must be refused", code)
	}
	exchange(t, busy, "llo\r\n", "$5\r\nhello\r\n")
	if n, err := busy.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("%d more bytes and %v behind the last reply; want the end of stream", n, err)
	}
	busy.Close() // a server may wait for that
	s.succeeds()
	if !lastWords.Match(s.Stderr().Bytes()) {
		s.fatalf("want last words like %s", lastWords)
	}
	s.quiet()
}

// exchange sends a text on conn, and must get another one back.
func exchange(t *testing.T, conn net.Conn, send, want string) {
	t.Helper()
	if _, err := io.WriteString(conn, send); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(want))
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != want {
		t.Fatalf("got %q and %v, want %q", got, err, want)
	}
}
