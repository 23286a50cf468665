package relay

import (
	"context"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"loopback/tools/base/record"
)

// Datagrams go both ways, each whole, an empty one too, and each visitor gets
// its own answers.
func TestDatagrams(t *testing.T) {
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	var mu sync.Mutex
	var rows []string
	d, err := ListenUDP("127.0.0.1:0", server.LocalAddr().String(), Options{Tell: func(e record.Event) {
		mu.Lock()
		defer mu.Unlock()
		if e.Kind != record.Connect {
			rows = append(rows, record.Words("server", e))
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- d.Serve(ctx) }()
	buf := make([]byte, 100)
	var visitors []net.Conn
	for range 2 {
		v, err := net.Dial("udp", d.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer v.Close()
		v.SetDeadline(time.Now().Add(bound))
		visitors = append(visitors, v)
	}
	server.SetDeadline(time.Now().Add(bound))
	for i, word := range []string{"one", "", "three"} {
		v := visitors[i%2]
		if _, err := v.Write([]byte(word)); err != nil {
			t.Fatal(err)
		}
		n, from, err := server.ReadFrom(buf)
		if err != nil || string(buf[:n]) != word {
			t.Fatalf("the server got %q, %v", buf[:n], err)
		}
		server.WriteTo([]byte(strings.ToUpper(word)+"!"), from)
		n, err = v.Read(buf)
		if err != nil || string(buf[:n]) != strings.ToUpper(word)+"!" {
			t.Fatalf("the visitor got %q, %v", buf[:n], err)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	want := []string{`A → server: "one" 3 bytes`, `server → A: "ONE!" 4 bytes`,
		`B → server: "" 0 bytes`, `server → B: "!" 1 byte`,
		`A → server: "three" 5 bytes`, `server → A: "THREE!" 6 bytes`}
	if !slices.Equal(rows, want) {
		t.Errorf("told:\n%s", strings.Join(rows, "\n"))
	}
}
