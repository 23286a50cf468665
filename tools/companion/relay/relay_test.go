package relay

import (
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"loopback/tools/base/record"
)

// bound is how long anything here may take; no measure of speed.
const bound = 20 * time.Second

// A stage is a relay between tests and a server whose connections they hold.
type stage struct {
	t      *testing.T
	relay  *Relay
	server net.Listener

	mu   sync.Mutex
	rows []string
}

func newStage(t *testing.T) *stage {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, server: ln}
	s.relay, err = Listen("127.0.0.1:0", ln.Addr().String(), Options{Tell: func(e record.Event) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if e.Kind != record.Connect {
			s.rows = append(s.rows, record.Words("server", e))
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- s.relay.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		ln.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return s
}

// connect returns both ends of a new connection.
func (s *stage) connect() (visitor, server *net.TCPConn) {
	s.t.Helper()
	v, err := net.Dial("tcp", s.relay.Addr())
	if err != nil {
		s.t.Fatal(err)
	}
	c, err := s.server.Accept()
	if err != nil {
		s.t.Fatal(err)
	}
	for _, conn := range []net.Conn{v, c} {
		conn.SetDeadline(time.Now().Add(bound))
		s.t.Cleanup(func() { conn.Close() })
	}
	return v.(*net.TCPConn), c.(*net.TCPConn)
}

func (s *stage) send(from, to net.Conn, text string) {
	s.t.Helper()
	if _, err := io.WriteString(from, text); err != nil {
		s.t.Fatal(err)
	}
	buf := make([]byte, len(text))
	if _, err := io.ReadFull(to, buf); err != nil || string(buf) != text {
		s.t.Fatalf("%q, %v", buf, err)
	}
}

// eof and reset check how a stream ends.
func (s *stage) eof(c net.Conn) {
	s.t.Helper()
	if n, err := c.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		s.t.Fatalf("%d bytes, %v; want the end of the stream", n, err)
	}
}

func (s *stage) reset(c net.Conn) {
	s.t.Helper()
	if n, err := c.Read(make([]byte, 1)); n != 0 || !errors.Is(err, syscall.ECONNRESET) {
		s.t.Fatalf("%d bytes, %v; want a reset", n, err)
	}
}

// told waits until the rows are those that are wanted.
func (s *stage) told(want ...string) {
	s.t.Helper()
	var got string
	for end := time.Now().Add(bound); time.Now().Before(end); time.Sleep(time.Millisecond) {
		s.mu.Lock()
		got = strings.Join(s.rows, "\n")
		s.mu.Unlock()
		if got == strings.Join(want, "\n") {
			return
		}
	}
	s.t.Errorf("told:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
}

// Bytes go both ways, and the end of one direction leaves the other open.
func TestHalfClose(t *testing.T) {
	s := newStage(t)
	v, c := s.connect()
	s.send(v, c, "hello\n")
	v.CloseWrite()
	s.eof(c)
	s.send(c, v, "still here\n")
	c.Close()
	s.eof(v)
	s.told(`A → server: "hello\n" 6 bytes`, "A → server: FIN: A has no more to send",
		`server → A: "still here\n" 11 bytes`, "server → A: FIN: end of stream")
}

// A reset passes in either direction.
func TestReset(t *testing.T) {
	s := newStage(t)
	v, c := s.connect()
	s.send(v, c, "hi")
	v.SetLinger(0)
	v.Close()
	s.reset(c)
	v, c = s.connect()
	s.send(c, v, "go")
	c.SetLinger(0)
	c.Close()
	s.reset(v)
	s.told(`A → server: "hi" 2 bytes`, "A → server: RST: A is gone without saying goodbye", `server → B: "go" 2 bytes`,
		"server → B: RST: connection reset")
}

// A server that has closed, and is written to, answers with a reset, and the
// visitor gets it without writing once more.
func TestResetBehindTheFIN(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("NOT TESTED: Windows tells of this reset only at the next write")
	}
	s := newStage(t)
	v, c := s.connect()
	c.Close()
	s.eof(v)
	if _, err := io.WriteString(v, "too late"); err != nil {
		t.Fatal(err)
	}
	s.told("server → A: FIN: end of stream", `A → server: "too late" 8 bytes`, "server → A: RST: connection reset")
	var err error
	for end := time.Now().Add(bound); err == nil && time.Now().Before(end); time.Sleep(time.Millisecond) {
		_, err = io.WriteString(v, "later") // it is told first, and done then
	}
	if err == nil {
		t.Error("the visitor was not told of the reset")
	}
}

// Nobody listens behind the relay: the visitor is reset, and told why.
func TestNobodyThere(t *testing.T) {
	s := newStage(t)
	s.server.Close()
	switch v, err := net.Dial("tcp", s.relay.Addr()); {
	case errors.Is(err, syscall.ECONNRESET): // so soon that connect tells it
	case err != nil:
		t.Fatal(err)
	default:
		defer v.Close()
		v.SetDeadline(time.Now().Add(bound))
		s.reset(v)
	}
	s.told("A: the server cannot be reached: connection refused")
}

// Much data in both directions at once arrives whole.
func TestMuch(t *testing.T) {
	s := newStage(t)
	v, c := s.connect()
	text := strings.Repeat("0123456789abcdef", 1<<16) // 1 MiB
	var wait sync.WaitGroup
	for _, one := range [][2]*net.TCPConn{{v, c}, {c, v}} {
		wait.Go(func() {
			io.WriteString(one[0], text)
			one[0].CloseWrite()
		})
		wait.Go(func() {
			if data, err := io.ReadAll(one[1]); err != nil || string(data) != text {
				t.Errorf("%d bytes, %v", len(data), err)
			}
		})
	}
	wait.Wait()
}

// When the relay ends, so do its connections.
func TestEnd(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	r, err := Listen("127.0.0.1:0", ln.Addr().String(), Options{Tell: func(record.Event) {}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- r.Serve(ctx) }()
	v, err := net.Dial("tcp", r.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	if _, err := ln.Accept(); err != nil {
		t.Fatal(err)
	}
	stop()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(bound):
		t.Fatal("the relay does not end")
	}
	v.SetDeadline(time.Now().Add(bound))
	if _, err := v.Read(make([]byte, 1)); err == nil {
		t.Error("the connection goes on")
	}
}

func TestNames(t *testing.T) {
	for n, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 27: "AB", 701: "ZZ", 702: "AAA"} {
		if got := name(n); got != want {
			t.Errorf("name(%d) = %s, want %s", n, got, want)
		}
	}
}
