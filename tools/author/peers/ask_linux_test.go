package peers

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"loopback/tools/engine/process"
)

// socatListening is how socat -d -d says, on standard error, where it listens.
var socatListening = regexp.MustCompile(`(?m) listening on AF=2 (127\.0\.0\.1:[0-9]+)$`)

// listening starts socat as a server and returns it with its address.
func listening(t *testing.T, args ...string) (*running, string) {
	t.Helper()
	r := start(t, "socat", append([]string{tool(t, "socat"), "-d", "-d"}, args...)...)
	return r, r.announces(r.Stderr(), socatListening)
}

// talked makes sure that c, an ask, has printed reply and named the peer.
func talked(c *running, addr string, reply []byte) {
	c.t.Helper()
	c.succeeds()
	c.printed(0, reply)
	if !bytes.HasSuffix(c.Stderr().Bytes(), []byte(" -> "+addr+"\n")) {
		c.fatalf("standard error does not end with the peer's address, %s", addr)
	}
}

// TestAskEcho has socat send the line back.
func TestAskEcho(t *testing.T) {
	s, addr := listening(t, "-t", "60", "TCP-LISTEN:0,bind=127.0.0.1", "EXEC:cat")
	s.helper = "cat"
	talked(ask(t, addr, "hello", "socat"), addr, []byte("hello socat\n"))
	s.succeeds()
}

// TestAskCount has socat's child count what it is sent. It has the number only
// at the end of the stream: an ask that does not half-close gets no reply.
func TestAskCount(t *testing.T) {
	s, addr := listening(t, "-t", "60", "TCP-LISTEN:0,bind=127.0.0.1", "EXEC:wc -c")
	s.helper = "wc"
	talked(ask(t, addr, "how", "many", "bytes"), addr, []byte("15\n"))
	s.succeeds()
}

// TestAskNothing has socat send a file to an ask that only listens.
func TestAskNothing(t *testing.T) {
	content := everyByte()
	s, addr := listening(t, "-u", "OPEN:"+fileOf(t, content), "TCP-LISTEN:0,bind=127.0.0.1")
	talked(ask(t, addr), addr, content)
	s.succeeds()
}

// httpListening is how http.server says, on standard output, where it listens.
var httpListening = regexp.MustCompile(`^Serving HTTP on 127\.0\.0\.1 port ([0-9]+) `)

// TestAskHTTP asks a web server as in 1991: one line without a version, which
// is HTTP/0.9, has for a reply the page alone, without status and headers.
// Python's server looks for headers all the same, and replies because the end
// of the stream ends them.
func TestAskHTTP(t *testing.T) {
	page := []byte("<p>bytes \x00 and \xff too</p>\r\n")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "index.html"), page, 0o644); err != nil {
		t.Fatal(err)
	}
	s := start(t, "http.server", tool(t, "python3"), "-u", "-m", "http.server", "--bind",
		"127.0.0.1", "--directory", dir, "0")
	addr := "127.0.0.1:" + s.announces(s.Stdout(), httpListening)
	talked(ask(t, addr, "GET", "/"), addr, page)
	s.await(`"GET /" in its log`, func() bool { return has(s.Stderr(), `"GET /" 200 `) })

	// A page that is not there has no status line either: only the page of the
	// error says so, and ask has had a reply like any other.
	c := ask(t, addr, "GET", "/none")
	c.succeeds()
	if has(c.Stdout(), "HTTP/") || !has(c.Stdout(), "Error code: 404") {
		c.fatalf("want the page of error 404 and no headers")
	}
}

// has reports whether the stream has text in it.
func has(c *process.Capture, text string) bool {
	return bytes.Contains(c.Bytes(), []byte(text))
}
