package web

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/datagram"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/server"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

// An exchange is a request and its answer, as exchanges draws them.
type exchange struct {
	method, path string
	old, last    bool // by HTTP/1.0; with Connection: close
	fields       []string
	asks         drawnContent
	interim      int // answers in front of the answer
	status       string
	answer       drawnContent
}

// A drawnContent is a content and how its length is told.
type drawnContent struct {
	framing string // none, length, chunked or fin
	data    []byte
	cut     int // into pieces of this size
}

// An asker draws what clients and their origin do.
type asker struct {
	*scene.Scene
	*rand.Rand
	listener string
	host     string
	n        int // contents drawn so far
}

// exchanges lets n clients ask.
func exchanges(s *scene.Scene, n int, listener string) {
	defer func() { s.Hurry = false }()
	k := &asker{Scene: s, Rand: s.Fill.Source("exchanges"), listener: listener,
		host: s.Listener([]string{listener}).Addr}
	for i := range n {
		mark := s.Log.Mark()
		if i > 0 {
			s.Record(record.Event{Kind: record.Note, What: record.Say("%d clients of all sorts went well", i)})
		}
		s.Hurry = false
		s.HurryPastTimers(s.Main())
		k.visit()
		s.Log.Rewind(mark)
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("%d clients of all sorts went well", n)})
}

// visit is one client, from its dial to its end.
func (k *asker) visit() {
	all := make([]*exchange, 1+k.IntN(5))
	for i := range all {
		all[i] = k.draw(i == len(all)-1)
	}
	c := k.Dial("C", wire.Default)
	var requests [][]byte
	for _, x := range all {
		requests = append(requests, x.request(k.host))
	}
	if k.IntN(2) == 0 { // all at once
		k.pieces(c, slices.Concat(requests...))
		requests = nil
	}
	for i, x := range all {
		if requests != nil {
			k.pieces(c, requests[i])
		}
		k.serve(c, x)
	}
	k.forget(c)
}

// pieces sends data cut at a place or two.
func (k *asker) pieces(c *wire.Conn, data []byte) {
	for range k.IntN(3) {
		n := k.IntN(len(data))
		if n > 0 {
			stream.Put(k.Scene, c, data[:n])
			data = data[n:]
		}
	}
	stream.Put(k.Scene, c, data)
}

// serve is the origin for x, and then reads at c what it has answered.
func (k *asker) serve(c *wire.Conn, x *exchange) {
	server.Accept(k.Scene, []string{"O", k.listener})
	o := k.Conn("O")
	head(k.Scene, o, x.sent(k.host))
	wantContent(k.Scene, o, x.asks.data, true)
	k.pieces(o, x.response())
	if x.answer.framing == "fin" {
		o.CloseWrite()
		k.Record(record.Event{Conn: o.Name, Kind: record.OutFIN})
	}
	if !x.old {
		for range x.interim {
			head(k.Scene, c, header{start: "HTTP/1.1 103 Early Hints", fields: []headerField{fieldOf("Link: </a>")}})
		}
	}
	head(k.Scene, c, x.received())
	if x.answer.framing != "none" && x.method != "HEAD" {
		wantContent(k.Scene, c, x.answer.data, true)
	}
	if x.closes() {
		stream.Eof(k.Scene, c)
		c.Close()
	}
	k.forget(o)
}

// forget ends a connection, so that the next one may have its name.
func (k *asker) forget(c *wire.Conn) {
	if c.Open() {
		c.Close()
	}
	delete(contentsOf(k.Scene), c)
}

// draw draws an exchange, the last one of its client perhaps.
func (k *asker) draw(final bool) *exchange {
	x := &exchange{method: pick(k, "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "QUERY"),
		path: pick(k, "/", "/a", "/a/b;c?d=/e", "/%20?q=http://x/", "//"), interim: max(0, k.IntN(5)-2),
		status: pick(k, "200 OK", "200 ", "404 Not Found", "500 Oh no", "204 No Content", "304 Not Modified", "206 A")}
	for range k.IntN(4) {
		x.fields = append(x.fields, fmt.Sprintf("X-%d: %s", k.IntN(9), pick(k, "", "a", "b, c", "q=\"0\"", "é")))
	}
	x.asks = k.some(pick(k, "none", "none", "length", "chunked"))
	x.answer = k.some(pick(k, "length", "length", "chunked", "chunked", "fin"))
	if final {
		x.old, x.last = k.IntN(4) == 0, k.IntN(3) == 0
	}
	if x.old && x.asks.framing == "chunked" {
		x.asks = k.some("length")
	}
	if !final && x.answer.framing == "fin" {
		x.answer = k.some("chunked")
	}
	if strings.HasPrefix(x.status, "204") || strings.HasPrefix(x.status, "304") {
		x.answer = drawnContent{framing: "none"}
	}
	return x
}

func pick(k *asker, from ...string) string { return from[k.IntN(len(from))] }

// some draws a content with this framing.
func (k *asker) some(framing string) drawnContent {
	d := drawnContent{framing: framing, cut: 1 + k.IntN(5000)}
	if k.n++; framing != "none" {
		d.data = datagram.Numbered(k.Fill, k.n, k.IntN([]int{2, 40, 5000, 60_000}[k.IntN(4)]))
	}
	return d
}

// field returns the line that tells the framing, none when there is none.
func (d drawnContent) field() []string {
	switch d.framing {
	case "length":
		return []string{fmt.Sprint("Content-Length: ", len(d.data))}
	case "chunked":
		return []string{"Transfer-Encoding: chunked"}
	}
	return nil
}

// bytes returns the content as it is sent.
func (d drawnContent) bytes() (all []byte) {
	if d.framing != "chunked" {
		return d.data
	}
	for piece := range slices.Chunk(d.data, d.cut) {
		all = fmt.Appendf(all, "%x\r\n%s\r\n", len(piece), piece)
	}
	return append(all, "0\r\n\r\n"...)
}

// request returns what the client sends.
func (x *exchange) request(host string) []byte {
	version := "1.1"
	if x.old {
		version = "1.0"
	}
	lines := slices.Concat([]string{x.method + " http://" + host + x.path + " HTTP/" + version, "Host: " + host,
		"Proxy-Connection: keep-alive"}, x.fields, x.asks.field())
	if x.last {
		lines = append(lines, "Connection: close")
	}
	return append([]byte(strings.Join(lines, "\r\n")+"\r\n\r\n"), x.asks.bytes()...)
}

// sent returns the header section that must come to the origin.
func (x *exchange) sent(host string) header {
	via := "Via: 1.1 proxyd"
	if x.old {
		via = "Via: 1.0 proxyd"
	}
	return headerOf(x.method+" "+x.path+" HTTP/1.1", []string{"Host: " + host}, x.fields, x.asks.field(),
		[]string{via, "Connection: close"})
}

// response returns what the origin sends.
func (x *exchange) response() []byte {
	all := []byte(strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", x.interim))
	lines := slices.Concat([]string{"HTTP/1.1 " + x.status, "Keep-Alive: max=9"}, x.fields, x.answer.field())
	all = append(all, strings.Join(lines, "\r\n")+"\r\n\r\n"...)
	if x.method == "HEAD" {
		return all
	}
	return append(all, x.answer.bytes()...)
}

// received returns the header section that must come to the client.
func (x *exchange) received() header {
	told := x.answer.field()
	if x.answer.framing == "chunked" && (x.old || x.method == "HEAD") {
		told = nil
	}
	h := headerOf("HTTP/1.1 "+x.status, x.fields, told, []string{"Via: 1.1 proxyd"})
	if x.closes() {
		h.fields = append(h.fields, fieldOf("Connection: close"))
	}
	return h
}

// closes reports whether a FIN comes behind the answer.
func (x *exchange) closes() bool {
	return x.old || x.last || x.answer.framing == "fin" && x.method != "HEAD"
}

func headerOf(start string, lines ...[]string) header {
	h := header{start: start}
	for _, line := range slices.Concat(lines...) {
		h.fields = append(h.fields, fieldOf(line))
	}
	return h
}
