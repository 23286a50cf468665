package peers

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
)

// uploaders are clients that send their standard input, half-close, and print
// what comes back.
var uploaders = map[string]func(t *testing.T, s *server) []string{
	"nc": func(t *testing.T, s *server) []string { return []string{tool(t, "nc"), "-N", s.host, s.port} },
	"socat": func(t *testing.T, s *server) []string {
		return []string{tool(t, "socat"), "-t", "30", "-", "TCP:" + s.addr}
	},
}

// TestUploads has clients that are not ours upload files, and compares the answers
// with what sha256sum says.
func TestUploads(t *testing.T) {
	sum := tool(t, "sha256sum")
	s := serve(t, "sumd")
	for name, argv := range uploaders {
		t.Run(name, func(t *testing.T) {
			for _, size := range []int{0, 1, 4096, 100_000, 1 << 20} {
				input := fileOf(t, bytes.Repeat([]byte("\x00a\r\n"), size/4+1)[:size])
				want := startReading(t, input, "sha256sum", sum)
				want.succeeds()
				digest, _, _ := strings.Cut(string(want.Stdout().Bytes()), " ")
				c := startReading(t, input, name, argv(t, s)...)
				c.succeeds()
				if got := string(c.Stdout().Bytes()); got != strconv.Itoa(size)+" "+digest+"\n" {
					t.Errorf("%d bytes: got %q, want %d and %s", size, got, size, digest)
				}
			}
		})
	}
	s.quiet()
}

// TestRefusals has them upload more than is allowed: all of the refusal must come,
// and the client must see no reset.
func TestRefusals(t *testing.T) {
	s := serve(t, "sumd")
	input := fileOf(t, make([]byte, 3<<20))
	const first = "ERR more than 1048576 bytes\n"
	for _, name := range []string{"nc", "socat"} {
		t.Run(name, func(t *testing.T) {
			c := startReading(t, input, name, uploaders[name](t, s)...)
			c.succeeds()
			n := c.Stdout().Total()
			if n != int64(len(first)+1<<20) || !has(c.Stdout(), first) || has(c.Stderr(), "reset") {
				c.fatalf("%d bytes; want all of the refusal, and no reset", n)
			}
		})
	}
	s.quiet()
}
