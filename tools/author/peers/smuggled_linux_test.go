package peers

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// A letter is a request that two readers could understand in two ways, or that is
// none. HOST is the origin's address. Most are those of RFC 9112, section 11.2, and of
// what public collections of smuggled requests do, written anew.
type letter struct {
	name, text string
	want       string // the statuses that are right
}

const (
	line = "GET http://HOST/ HTTP/1.1\r\n"
	head = line + "Host: HOST\r\n"
	post = "POST http://HOST/ HTTP/1.1\r\nHost: HOST\r\n"
)

// letters are refused, and the origin is not even dialled.
var letters = []letter{
	{"a bare LF behind the request line", "GET http://HOST/ HTTP/1.1\nHost: HOST\r\n\r\n", "400"},
	{"a bare LF behind a field", line + "Host: HOST\nX: y\r\n\r\n", "400"},
	{"a bare LF at the end", head + "\n", "400"},
	{"bare LFs everywhere", "GET http://HOST/ HTTP/1.1\nHost: HOST\n\n", "400"},
	{"a CR alone in a value", head + "X: a\rb\r\n\r\n", "400"},
	{"a CR before CR LF", head + "X: a\r\r\n\r\n", "400"},
	{"a CR alone between fields", head + "X: a\rContent-Length: 5\r\n\r\n", "400"},
	{"a CR alone in the request line", "GET http://HOST/\rX HTTP/1.1\r\nHost: HOST\r\n\r\n", "400"},
	{"an empty line first", "\n" + head + "\r\n", "400"},

	{"a space before the colon", post + "Content-Length : 5\r\n\r\nhello", "400"},
	{"a tab before the colon", post + "Content-Length\t: 5\r\n\r\nhello", "400"},
	{"a space before the colon of a coding", post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", "400"},
	{"a space in a name", head + "X Y: z\r\n\r\n", "400"},
	{"no name", head + ": z\r\n\r\n", "400"},
	{"no colon", head + "nonsense\r\n\r\n", "400"},
	{"a name in brackets", head + "(X): z\r\n\r\n", "400"},
	{"a NUL in a name", head + "X\x00Y: z\r\n\r\n", "400"},
	{"a name beyond ASCII", head + "X\xe9: z\r\n\r\n", "400"},
	{"a first field that begins with a space", line + " Host: HOST\r\n\r\n", "400"},
	{"a line that is continued", head + "X: a\r\n b\r\n\r\n", "400"},
	{"a line that is continued by a tab", head + "X: a\r\n\tb\r\n\r\n", "400"},
	{"a length that is continued", post + "Content-Length:\r\n 5\r\n\r\nhello", "400"},
	{"a coding that is continued", post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", "400"},

	{"a NUL in a value", head + "X: a\x00b\r\n\r\n", "400"},
	{"a vertical tab in a value", post + "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", "400"},
	{"a DEL in a value", head + "X: a\x7fb\r\n\r\n", "400"},
	{"an escape in a value", head + "X: \x1b[2J\r\n\r\n", "400"},
	{"a backspace in a length", post + "Content-Length: 5\x08\r\n\r\nhello", "400"},

	{"two lengths", post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", "400"},
	{"two lengths that are equal", post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", "400"},
	{"two lengths in other cases", post + "content-length: 5\r\nCONTENT-LENGTH: 0\r\n\r\nhello", "400"},
	{"a list of lengths", post + "Content-Length: 5, 5\r\n\r\nhello", "400"},
	{"a list of other lengths", post + "Content-Length: 5,6\r\n\r\nhello!", "400"},
	{"a length with a plus", post + "Content-Length: +5\r\n\r\nhello", "400"},
	{"a length with a minus", post + "Content-Length: -5\r\n\r\nhello", "400"},
	{"minus nothing", post + "Content-Length: -0\r\n\r\n", "400"},
	{"a length in hexadecimal", post + "Content-Length: 0x5\r\n\r\nhello", "400"},
	{"a length with a point", post + "Content-Length: 5.0\r\n\r\nhello", "400"},
	{"a length with an exponent", post + "Content-Length: 5e0\r\n\r\nhello", "400"},
	{"a length with a gap", post + "Content-Length: 1 0\r\n\r\nhello", "400"},
	{"a length with an underscore", post + "Content-Length: 1_0\r\n\r\nhello", "400"},
	{"a length in other digits", post + "Content-Length: \u0665\r\n\r\nhello", "400"},
	{"a length in letters", post + "Content-Length: five\r\n\r\nhello", "400"},
	{"an empty length", post + "Content-Length:\r\n\r\nhello", "400"},
	{"a length just beyond 63 bits", post + "Content-Length: 9223372036854775808\r\n\r\nhello", "400"},
	{"a length that is 5 in 64 bits", post + "Content-Length: 18446744073709551621\r\n\r\nhello", "400"},

	{"a length and chunks", post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
	{"chunks and a length", post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", "400"},
	{"chunks, and no length at all", post + "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n", "400"},
	{"a length and a coding that is none", post + "Content-Length: 5\r\nTransfer-Encoding: x\r\n\r\nhello", "400"},
	{"a length hidden by Connection", post + "Connection: Content-Length\r\nContent-Length: 5\r\n" +
		"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
	{"a coding that nobody knows", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "501"},
	{"a coding in quotes", post + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", "400 501"},
	{"a coding with a point behind it", post + "Transfer-Encoding: chunked;\r\n\r\n0\r\n\r\n", "400 501"},
	{"chunks in chunks", post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", "400 501"},
	{"chunks inside another coding", post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", "400 501"},
	{"another coding in chunks", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "501"},
	{"two codings", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", "400 501"},
	{"no coding and one", post + "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"400 501"},
	{"an empty coding", post + "Transfer-Encoding:\r\n\r\n0\r\n\r\n", "400 501"},
	{"chunks in HTTP/1.0", "POST http://HOST/ HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400 501"},

	{"no Host", line + "\r\n", "400"},
	{"two Hosts", head + "Host: other.example\r\n\r\n", "400"},
	{"two Hosts that are equal", head + "Host: HOST\r\n\r\n", "400"},
	{"a Host that is a list", line + "Host: HOST, other.example\r\n\r\n", "400"},
	{"a Host with a path", line + "Host: HOST/path\r\n\r\n", "400"},
	{"a Host with a user", line + "Host: me@HOST\r\n\r\n", "400"},
	{"a Host with a space", line + "Host: HOST other\r\n\r\n", "400"},

	{"a target with a space", "GET http://HOST/a b HTTP/1.1\r\nHost: HOST\r\n\r\n", "400"},
	{"a target with a tab", "GET http://HOST/a\tHTTP/1.1 HTTP/1.1\r\nHost: HOST\r\n\r\n", "400"},
	{"two spaces", "GET  http://HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n", "400"},
	{"a tab for a space", "GET\thttp://HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n", "400"},
	{"a space behind the version", "GET http://HOST/ HTTP/1.1 \r\nHost: HOST\r\n\r\n", "400"},
	{"a space before the method", " " + head + "\r\n", "400"},
	{"a target without a host", "GET http:/// HTTP/1.1\r\nHost: HOST\r\n\r\n", "400"},
	{"a target that is a path", "GET / HTTP/1.1\r\nHost: HOST\r\n\r\n", "400"},
	{"a target with a user", "GET http://me@HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n", "400"},
	{"a target of another scheme", "GET ftp://HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n", "400"},
	{"a target with a port that is none", "GET http://127.0.0.1:99999/ HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
	{"a method that is none", "G(T http://HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n", "400"},
	{"CONNECT without a port", "CONNECT 127.0.0.1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "400"},
	{"CONNECT with a path", "CONNECT HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n", "400"},
	{"CONNECT in absolute-form", "CONNECT http://HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n", "400"},

	{"no version", "GET http://HOST/\r\nHost: HOST\r\n\r\n", "400"},
	{"a version in lower case", "GET http://HOST/ http/1.1\r\nHost: HOST\r\n\r\n", "400"},
	{"a version with more digits", "GET http://HOST/ HTTP/1.10\r\nHost: HOST\r\n\r\n", "400 505"},
	{"a version with a comma", "GET http://HOST/ HTTP/1,1\r\nHost: HOST\r\n\r\n", "400 505"},
	{"version 2.0", "GET http://HOST/ HTTP/2.0\r\nHost: HOST\r\n\r\n", "505"},
	{"version 0.9", "GET http://HOST/ HTTP/0.9\r\nHost: HOST\r\n\r\n", "505"},
	{"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "400 505"},
	{"the beginning of TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "400"},

	{"a field that is too long", head + "X: " + strings.Repeat("x", 40<<10) + "\r\n\r\n", "431"},
	{"too many fields", head + strings.Repeat("X: y\r\n", 10_000) + "\r\n", "431"},
	{"a target that is too long", "GET http://HOST/" + strings.Repeat("x", 40<<10) + " HTTP/1.1\r\nHost: HOST\r\n\r\n",
		"414 431"},
}

// chunkLetters have a fault in their content: the origin may have seen a part of
// them, and never a whole request.
var chunkLetters = []letter{
	{"a size with a plus", "+5\r\nhello\r\n0\r\n\r\n", "400"},
	{"a size with a minus", "-5\r\nhello\r\n0\r\n\r\n", "400"},
	{"a size with 0x", "0x5\r\nhello\r\n0\r\n\r\n", "400"},
	{"a size with an underscore", "0_5\r\nhello\r\n0\r\n\r\n", "400"},
	{"a size in no digits", "g\r\nhello\r\n0\r\n\r\n", "400"},
	{"an empty size", "\r\nhello\r\n0\r\n\r\n", "400"},
	{"a size that is only an extension", ";x=y\r\nhello\r\n0\r\n\r\n", "400"},
	{"a size behind a space", " 5\r\nhello\r\n0\r\n\r\n", "400"},
	{"a size just beyond 63 bits", "8000000000000000\r\nhello\r\n0\r\n\r\n", "400"},
	{"a size that is 5 in 64 bits", "10000000000000005\r\nhello\r\n0\r\n\r\n", "400"},
	{"a size and a bare LF", "5\nhello\r\n0\r\n\r\n", "400"},
	{"a size and a bare CR", "5\rhello\r\n0\r\n\r\n", "400"},
	{"an extension with a bare LF", "5;x\nhello\r\n0\r\n\r\n", "400"},
	{"an extension with a NUL", "5;x\x00\r\nhello\r\n0\r\n\r\n", "400"},
	{"an extension without an end", "5;" + strings.Repeat("x", 70<<10) + "\r\nhello\r\n0\r\n\r\n", "400"},
	{"no CR LF behind a chunk", "5\r\nhello0\r\n\r\n", "400"},
	{"a bare LF behind a chunk", "5\r\nhello\n0\r\n\r\n", "400"},
	{"other bytes behind a chunk", "5\r\nhelloXX0\r\n\r\n", "400"},
	{"a bare LF behind the last size", "5\r\nhello\r\n0\n\r\n", "400"},
	{"a bare LF at the end", "5\r\nhello\r\n0\r\n\n", "400"},
	{"a trailer that is none", "5\r\nhello\r\n0\r\nGET / HTTP/1.1\r\n\r\n", "400"},
	{"a trailer with a space before its colon", "5\r\nhello\r\n0\r\nX : y\r\n\r\n", "400"},
	{"trailers without an end", "5\r\nhello\r\n0\r\n" + strings.Repeat("X: y\r\n", 10_000) + "\r\n", "400 431"},
}

// plain are requests that look strange, and are right.
var plain = []letter{
	{"as usual", head + "\r\n", "200"},
	{"an empty line before it", "\r\n" + head + "\r\n", "200"},
	{"names in lower case", line + "host: HOST\r\nx: y\r\n\r\n", "200"},
	{"a scheme in capital letters", "GET HTTP://HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n", "200"},
	{"no path", "GET http://HOST HTTP/1.1\r\nHost: HOST\r\n\r\n", "200"},
	{"a query and no path", "GET http://HOST?a=b HTTP/1.1\r\nHost: HOST\r\n\r\n", "200"},
	{"a path with a colon, and slashes", "GET http://HOST//a:b//c HTTP/1.1\r\nHost: HOST\r\n\r\n", "200"},
	{"no space behind a colon, and many", line + "Host:HOST\r\nX: \t y \t\r\n\r\n", "200"},
	{"a value that is empty", head + "X:\r\n\r\n", "200"},
	{"a value beyond ASCII", head + "X: \xe9\xff\r\n\r\n", "200"},
	{"a tab inside a value", head + "X: a\tb\r\n\r\n", "200"},
	{"a name of odd characters", head + "!#$%&'*+-.^_`|~0aZ: y\r\n\r\n", "200"},
	{"a Host that is not the target's", line + "Host: other.example\r\n\r\n", "200"},
	{"a method that is not known", "BREW http://HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n", "200"},
	{"a content of nothing", post + "Content-Length: 0\r\n\r\n", "200"},
	{"a content with lines in it", post + "Content-Length: 18\r\n\r\nGET / HTTP/1.1\r\n\r\n", "200"},
	{"chunks in capital letters", post + "TRANSFER-ENCODING: CHUNKED\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n", "200"},
	{"a size with zeros before it", post + "Transfer-Encoding: chunked\r\n\r\n00005\r\nhello\r\n000\r\n\r\n", "200"},
	{"an extension", post + "Transfer-Encoding: chunked\r\n\r\n5;a=\"b;c\"\r\nhello\r\n0;x\r\n\r\n", "200"},
	{"a trailer", post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n", "200"},
	{"30 KiB of fields", head + strings.Repeat("X: "+strings.Repeat("x", 1000)+"\r\n", 30) + "\r\n", "200"},
}

// A deaf origin counts the connections and the whole requests that come to it.
type deafOrigin struct {
	net.Listener
	mu              sync.Mutex
	dialled, served int
	seen            chan struct{} // a token when the fence has come
	handlers        sync.WaitGroup
}

func newDeafOrigin(t *testing.T) *deafOrigin {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := &deafOrigin{Listener: ln, seen: make(chan struct{}, 1)}
	t.Cleanup(o.handlers.Wait)
	t.Cleanup(func() { ln.Close() })
	o.handlers.Go(o.serve)
	return o
}

func (o *deafOrigin) serve() {
	for {
		conn, err := o.Accept()
		if err != nil {
			return
		}
		o.mu.Lock()
		o.dialled++
		o.mu.Unlock()
		o.handlers.Go(func() { o.answer(conn) })
	}
}

// answer answers one request that is whole. A fence is a connection with one byte.
func (o *deafOrigin) answer(conn net.Conn) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	if first, _ := r.Peek(1); len(first) == 1 && first[0] == 'F' {
		o.seen <- struct{}{}
		return
	}
	request, err := http.ReadRequest(r)
	if err != nil {
		return
	}
	if _, err := io.Copy(io.Discard, request.Body); err != nil {
		return
	}
	o.mu.Lock()
	o.served++
	o.mu.Unlock()
	io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
}

// counts returns how many connections have come, and how many whole requests, since
// it was asked last. What was dialled before a fence is accepted before it.
func (o *deafOrigin) counts(t *testing.T) (dialled, served int) {
	t.Helper()
	conn, err := net.Dial("tcp", o.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "F")
	<-o.seen
	o.mu.Lock()
	defer o.mu.Unlock()
	dialled, served = o.dialled-1, o.served
	o.dialled, o.served = 0, 0
	return dialled, served
}

// post sends a letter to the proxy, and another request behind it, and returns all that
// comes back.
func (o *deafOrigin) post(t *testing.T, proxy string, l letter, behind string) string {
	t.Helper()
	conn, err := net.Dial("tcp", proxy)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	text := strings.ReplaceAll(l.text+behind, "HOST", o.Addr().String())
	go io.WriteString(conn, text) // an error is no matter: the proxy need not read all of it
	got, err := io.ReadAll(conn)
	if err != nil {
		t.Errorf("%s: %v behind %q", l.name, err, got)
	}
	return string(got)
}

// smuggled is a request that stands behind each letter.
const smuggled = "GET http://HOST/smuggled HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n"

// refused checks that an answer is one of these statuses, says that it is the last,
// and is the only one.
func refused(t *testing.T, l letter, got string) {
	t.Helper()
	var code int
	if _, err := fmt.Sscanf(got, "HTTP/1.1 %d ", &code); err != nil ||
		!strings.Contains(" "+l.want+" ", fmt.Sprintf(" %d ", code)) {
		t.Errorf("%s: want %s, got %q", l.name, l.want, got)
		return
	}
	if !strings.Contains(got, "\r\nConnection: close\r\n") || strings.Count(got, "HTTP/1.1 ") != 1 {
		t.Errorf("%s: an answer that is not the last one: %q", l.name, got)
	}
}

// What two readers could understand in two ways is refused, and reaches no origin. Our
// proxy does that, and every night the one in Python, too.
func TestLettersToProxy(t *testing.T) {
	t.Run("ours", func(t *testing.T) { takesLetters(t, serve(t, "proxyd")) })
	if *full {
		t.Run("Python", func(t *testing.T) {
			r := start(t, "python3", tool(t, "python3"), source(t, "proxyd_asyncio.py"))
			takesLetters(t, &server{running: r, addr: r.announces(r.Stdout(), announcement)})
		})
	}
}

func takesLetters(t *testing.T, s *server) {
	o := newDeafOrigin(t)
	for _, l := range letters {
		refused(t, l, o.post(t, s.addr, l, smuggled))
		if dialled, _ := o.counts(t); dialled != 0 {
			t.Errorf("%s: the origin has been dialled", l.name)
		}
	}
	for _, l := range chunkLetters {
		l.text = post + "Transfer-Encoding: chunked\r\n\r\n" + l.text
		refused(t, l, o.post(t, s.addr, l, smuggled))
		if _, served := o.counts(t); served != 0 {
			t.Errorf("%s: the origin has got %d whole requests", l.name, served)
		}
	}
	for _, l := range plain {
		got := o.post(t, s.addr, l, smuggled)
		if n := strings.Count(got, "HTTP/1.1 200 "); n != 2 {
			t.Errorf("%s: want two answers, got %q", l.name, got)
		}
		if _, served := o.counts(t); served != 2 {
			t.Errorf("%s: the origin has got %d requests, want 2", l.name, served)
		}
	}
	ends(t, s)
}

// answers are those of an origin that a proxy must not pass on.
var answers = []letter{
	{"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", ""},
	{"a list of lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello", ""},
	{"a length and chunks", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ""},
	{"a length with a sign", "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello", ""},
	{"a length beyond 63 bits", "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\nhello", ""},
	{"a coding that is not known", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhello", ""},
	{"a bare LF", "HTTP/1.1 200 OK\nContent-Length: 5\r\n\r\nhello", ""},
	{"a bare LF behind a field", "HTTP/1.1 200 OK\r\nX: y\nContent-Length: 5\r\n\r\nhello", ""},
	{"a CR alone", "HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 5\r\n\r\nhello", ""},
	{"a line that is continued", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 5\r\n\r\nhello", ""},
	{"a space before the colon", "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello", ""},
	{"no name", "HTTP/1.1 200 OK\r\n: x\r\nContent-Length: 5\r\n\r\nhello", ""},
	{"a NUL", "HTTP/1.1 200 OK\r\nX: \x00\r\nContent-Length: 5\r\n\r\nhello", ""},
	{"another version", "HTTP/2.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", ""},
	{"no version", "200 OK\r\nContent-Length: 5\r\n\r\nhello", ""},
	{"a status of two digits", "HTTP/1.1 20 OK\r\nContent-Length: 5\r\n\r\nhello", ""},
	{"a status of four digits", "HTTP/1.1 2000 OK\r\nContent-Length: 5\r\n\r\nhello", ""},
	{"another protocol from here on", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nhello", ""},
	{"fields without an end", "HTTP/1.1 200 OK\r\n" + strings.Repeat("X: y\r\n", 10_000), ""},
	{"nothing", "", ""},
	{"half a header section", "HTTP/1.1 200 OK\r\nContent-Le", ""},
	{"something else", "SSH-2.0-OpenSSH_9.2\r\n", ""},
}

// An origin that answers so that two readers could understand it in two ways is as good
// as none.
func TestAnswersToProxy(t *testing.T) {
	s := serve(t, "proxyd")
	for _, l := range answers {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		var said sync.WaitGroup
		said.Go(func() {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				io.WriteString(conn, l.text)
			}
		})
		o := &deafOrigin{Listener: ln}
		ask := letter{name: l.name, text: head + "\r\n", want: "502"}
		refused(t, ask, o.post(t, s.addr, ask, ""))
		ln.Close()
		said.Wait()
	}
	ends(t, s)
}
