// Belief: when a dial with a context has no time left, the context is over.
//
// The dial has a timer of its own for the same moment, which may be the first. Then the answer is 502, as if the
// origin had refused.
//
// Caught by: 64-failures-leave-nothing (wrong-bytes).
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	p := &proxy{}
	flag.Var(&p.deny, "deny", "`ranges` of addresses that are never dialled")
	hosts := flag.String("hosts", "", "`file` of names and their addresses")
	flag.IntVar(&p.most, "clients", 1000,
		"for how `many` clients at the same time there is room")
	flag.DurationVar(&p.head, "head", 30*time.Second,
		"for how `long` a client may take for a header section")
	flag.DurationVar(&p.dial, "dial", 10*time.Second,
		"for how `long` one address of an origin may take to answer")
	flag.DurationVar(&p.idle, "idle", time.Minute,
		"end exchanges in which nothing has moved for so `long`")
	grace := flag.Duration("grace", 10*time.Second,
		"for how `long` exchanges and tunnels may go on after a signal")
	flag.Parse()
	positive := p.most > 0 && p.head > 0 && p.dial > 0 && p.idle > 0
	if flag.NArg() > 0 || !positive || *grace < 0 {
		flag.Usage()
		os.Exit(2)
	}
	var err error
	if p.names, err = readNames(*hosts); err == nil {
		p.client = p.serve
		err = p.run(*listen, *grace)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "proxyd:", err)
		os.Exit(1)
	}
}

// What a client, or an origin, may make proxyd hold.
const (
	mostHead  = 32 << 10 // bytes of a header section and the line before it
	mostChunk = 1 << 10  // bytes of the line in front of a chunk
)

// A proxy asks origins on behalf of the clients of its server.
type proxy struct {
	server
	names            *names
	deny             ranges
	head, dial, idle time.Duration
}

// serve serves one client, request after request, and ends its connection, at
// the latest when ctx ends.
func (p *proxy) serve(ctx context.Context, c *conn) {
	defer context.AfterFunc(ctx, func() { abort(c.TCPConn) })()
	for {
		req, err := p.next(c)
		switch {
		case err != nil:
		case req.method == "CONNECT":
			if err = p.tunnel(ctx, c, req); err == nil {
				return
			}
		default:
			err = p.exchange(ctx, c, req)
		}
		if err != nil {
			c.part(err)
			return
		}
	}
}

// next returns the next request. Its error is a status, errRest, or that of the
// connection.
func (p *proxy) next(c *conn) (*request, error) {
	limit := time.Now().Add(p.head)
	if !p.await(c, limit) {
		return nil, errRest
	}
	m, err := readMessage(c.r)
	if err == nil && m.start == "" { // RFC 9112, section 2.2: one is ignored
		if !p.await(c, limit) {
			return nil, errRest
		}
		m, err = readMessage(c.r)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, status(408)
	}
	if err != nil {
		return nil, err
	}
	c.SetReadDeadline(time.Time{})
	return parseRequest(m)
}

// readMessage reads a header section and the line in front of it; when that
// line is empty, nothing more. What is not just as RFC 9112 has it is
// status(400), what is too long status(431).
func readMessage(r *bufio.Reader) (*message, error) {
	room := mostHead
	start, err := readLine(r, &room)
	if err != nil || start == "" {
		return &message{}, err
	}
	fields, err := readFields(r, room)
	return &message{start, fields}, err
}

// readFields reads the lines of a header section, of at most room bytes, and
// the empty one after them.
func readFields(r *bufio.Reader, room int) ([]field, error) {
	var fields []field
	for {
		line, err := readLine(r, &room)
		if err != nil || line == "" {
			return fields, err
		}
		name, value, found := strings.Cut(line, ":")
		if !found || !isToken(name) || !isText(value) {
			return nil, status(400)
		}
		fields = append(fields, field{name, strings.Trim(value, " \t")})
	}
}

// readLine reads a line that ends with CR LF, and returns it without them. It
// takes the bytes from room; when that is not enough the error is status(431).
func readLine(r *bufio.Reader, room *int) (string, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if *room -= len(part); *room < 0 {
			return "", status(431)
		}
		line = append(line, part...)
		if err == bufio.ErrBufferFull {
			continue
		}
		if err != nil {
			return "", err
		}
		text, found := strings.CutSuffix(string(line), "\r\n")
		if !found {
			return "", status(400)
		}
		return text, nil
	}
}

// A request is what a client asks for.
type request struct {
	*message
	method     string
	host, port string
	path       string // of the origin
	old        bool   // the client speaks HTTP/1.0
	last       bool   // it asks for nothing more
	length     int64  // of its content, see framing
}

// parseRequest finds out what m asks for. Its error is a status.
func parseRequest(m *message) (*request, error) {
	words := strings.Split(m.start, " ")
	if len(words) != 3 || !isToken(words[0]) {
		return nil, status(400)
	}
	req := &request{message: m, method: words[0]}
	var err error
	if req.old, err = isOld(words[2]); err != nil {
		return nil, err
	}
	if !req.target(words[1]) || !req.oneHost() {
		return nil, status(400)
	}
	req.last = req.old || m.lists("Connection", "close")
	req.length, err = framing(m, 0)
	if req.old && req.length == chunked {
		return nil, status(400)
	}
	return req, err
}

// target finds out where req goes to, and reports whether its target is one.
func (req *request) target(text string) (ok bool) {
	if !isText(text) || strings.Contains(text, "\t") {
		return false
	}
	if req.method == "CONNECT" {
		req.host, req.port, ok = splitAuthority(text, "")
		return ok
	}
	scheme, rest, _ := strings.Cut(text, "://")
	if !strings.EqualFold(scheme, "http") || strings.Contains(rest, "#") {
		return false
	}
	end := strings.IndexAny(rest+"/", "/?")
	req.host, req.port, ok = splitAuthority(rest[:end], "80")
	req.path = "/" + strings.TrimPrefix(rest[end:], "/")
	return ok
}

// oneHost reports whether req has the field Host once, with a host in it. Its
// value is not needed: the target says more.
func (req *request) oneHost() bool {
	hosts := req.values("Host")
	switch {
	case len(hosts) == 0:
		return req.old
	case len(hosts) > 1:
		return false
	}
	_, _, ok := splitAuthority(hosts[0], "80")
	return ok
}

// The length of a content that is not a number.
const (
	chunked  = -1
	untilEnd = -2
)

// framing returns how long the content after m is, ifNone when m says nothing.
// What two readers could understand in two ways is a status.
func framing(m *message, ifNone int64) (int64, error) {
	codings := m.values("Transfer-Encoding")
	lengths := m.values("Content-Length")
	switch {
	case len(codings) > 0 && len(lengths) > 0 || len(lengths) > 1:
		return 0, status(400)
	case len(codings) == 1 && strings.EqualFold(codings[0], "chunked"):
		return chunked, nil
	case len(codings) > 0:
		return 0, status(501)
	case len(lengths) == 0:
		return ifNone, nil
	}
	n, err := strconv.ParseUint(lengths[0], 10, 63) // takes no sign
	if err != nil {
		return 0, status(400)
	}
	return int64(n), nil
}

// Fields that are about one connection, and not about what is passed on
// (RFC 9110, section 7.6.1); and those that proxyd writes anew.
var hopByHop = []string{
	"Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization",
	"Proxy-Authenticate", "TE", "Upgrade", "Transfer-Encoding",
	"Content-Length",
}

// passOn makes of m what the next one gets: without the fields that were
// meant for proxyd, and with those that say how long the content is, and that
// proxyd has seen it; old says that m is of HTTP/1.0, last that nothing comes
// after it.
func (m *message) passOn(length int64, old, last bool) {
	gone := append(m.elements("Connection"), hopByHop...)
	sizes := m.values("Content-Length")
	m.fields = slices.DeleteFunc(m.fields, func(f field) bool {
		return slices.ContainsFunc(gone, f.is)
	})
	if length == chunked {
		m.add("Transfer-Encoding", "chunked")
	} else if len(sizes) > 0 { // the number: some read 010 as 8
		n, _ := strconv.ParseUint(sizes[0], 10, 63)
		m.add("Content-Length", strconv.FormatUint(n, 10))
	}
	version := "1.1"
	if old {
		version = "1.0"
	}
	m.add("Via", version+" proxyd")
	if last {
		m.add("Connection", "close")
	}
}

// connect returns a connection to the first address of host that answers. Its
// error is a status, or why ctx has ended.
func (p *proxy) connect(
	ctx context.Context, host, port string,
) (*net.TCPConn, error) {
	limited, cancel := context.WithTimeout(ctx, p.dial)
	defer cancel()
	addrs, err := p.names.lookup(limited, host)
	if err != nil {
		return nil, status(502)
	}
	failed := status(403)
	for _, addr := range addrs {
		number, _ := strconv.ParseUint(port, 10, 16)
		to := netip.AddrPortFrom(addr.Unmap(), uint16(number))
		if p.forbidden(to) {
			continue
		}
		one, done := context.WithTimeout(ctx, p.dial)
		tcp, err := new(net.Dialer).DialContext(one, "tcp", to.String())
		late := one.Err() != nil
		done()
		if err == nil {
			return tcp.(*net.TCPConn), nil
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		failed = status(502)
		if late {
			failed = status(504)
		}
	}
	return nil, failed
}

// forbidden reports whether proxyd must not connect to this address.
func (p *proxy) forbidden(to netip.AddrPort) bool {
	addr, self := to.Addr(), p.self.Addr().Unmap()
	here := addr == self || self.IsUnspecified() && isOurs(addr)
	if here && to.Port() == p.self.Port() {
		return true
	}
	// To the kernel 0.0.0.0 is this machine.
	return addr.IsUnspecified() || p.deny.contains(addr)
}

// tunnel joins c with the origin that req names. When it returns nil the tunnel
// is over, and c is closed.
func (p *proxy) tunnel(ctx context.Context, c *conn, req *request) error {
	origin, err := p.connect(ctx, req.host, req.port)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { abort(origin) })()
	io.WriteString(c, status(200).answer())
	behind, _ := c.r.Peek(c.r.Buffered()) // what the client has sent already
	origin.Write(behind)
	join(c.TCPConn, origin)
	return nil
}

// exchange passes on one request, and its answer. After a nil error the client
// may send another one. When the error is a status no answer has been begun:
// none of its bytes has gone to the client.
func (p *proxy) exchange(ctx context.Context, c *conn, req *request) error {
	tcp, err := p.connect(ctx, req.host, req.port)
	if err != nil {
		return err
	}
	origin := newConn(tcp)
	defer abort(tcp) // which does nothing when it has been closed
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	idle := time.AfterFunc(p.idle, func() { fail(status(504)) })
	defer idle.Stop()
	origin.moved = func() { idle.Reset(p.idle) }
	c.moved, c.first, origin.first = origin.moved, origin.w.Flush, c.w.Flush
	defer c.alone()
	stop := context.AfterFunc(ctx, func() {
		c.SetReadDeadline(time.Now())
		c.SetWriteDeadline(time.Now().Add(time.Second)) // for the status
		abort(tcp)
	})
	err = p.bothWays(ctx, c, origin, req)
	if !stop() && err == nil { // -idle was over at the end: its limits stay
		err = errRest
	}
	return err
}

// bothWays lets the content of the request go up while the answer comes down.
func (p *proxy) bothWays(
	ctx context.Context, c, origin *conn, req *request,
) error {
	sent := make(chan error, 1)
	go func() { sent <- p.upload(origin, c, req) }()
	begun, err := p.download(c, origin, req)
	if err == nil || err == errRest || err == io.EOF {
		origin.Close()
	} else {
		abort(origin.TCPConn)
	}
	c.SetReadDeadline(time.Now()) // an upload is of no use any more
	uploaded := <-sent
	c.SetReadDeadline(time.Time{})

	var s status
	switch cause := context.Cause(ctx); {
	case err == nil && uploaded != nil:
		return errRest // the rest of the content is no request
	case err == io.EOF && isLost(uploaded):
		return uploaded // it is reported once: download saw an end
	case err == io.EOF:
		return errRest
	case err == nil || err == errRest:
		return err
	case begun:
		return io.ErrUnexpectedEOF // whatever it was: half an answer is none
	case cause != nil:
		return cause
	case errors.As(uploaded, &s):
		return s
	}
	return err
}

// isLost reports whether err says that a connection is gone without a FIN: by a
// reset, or because the other machine is silent.
func isLost(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) ||
		errors.Is(err, syscall.ETIMEDOUT)
}

// upload sends req and its content to the origin. When the client fails the
// origin gets a reset, for half a request is none.
func (p *proxy) upload(origin, c *conn, req *request) error {
	req.start = req.method + " " + req.path + " HTTP/1.1"
	authority := req.host
	if req.port != "80" || strings.Contains(req.host, ":") {
		authority = net.JoinHostPort(req.host, req.port)
	}
	req.remove("Host")
	req.passOn(req.length, req.old, true)
	req.fields = slices.Insert(req.fields, 0, field{"Host", authority})
	req.write(origin.w)
	err := copyContent(origin.w, c.r, req.length, false)
	if err == nil {
		return origin.w.Flush()
	}
	if origin.w.Flush() == nil { // so it was the client
		abort(origin.TCPConn)
	}
	return err
}

// download reads the answer and sends it to the client. It returns whether
// the client has got a part of it. After a nil error the connection can be
// used again, after errRest it cannot, nor after io.EOF: that ended the answer.
func (p *proxy) download(
	c, origin *conn, req *request,
) (begun bool, err error) {
	a, err := readAnswer(origin.r, req.method)
	for err == nil && a.code < 200 { // an interim answer
		if !req.old {
			a.passOn(0, a.old, false)
			a.write(c.w)
			err = c.w.Flush()
		}
		if err == nil {
			a, err = readAnswer(origin.r, req.method)
		}
	}
	if err != nil {
		return false, err
	}
	last := req.last || a.length == untilEnd || p.isStopping()
	length := a.length
	if req.old && length == chunked {
		length = untilEnd
	}
	a.passOn(length, a.old, last)
	a.write(c.w)
	err = copyContent(c.w, origin.r, a.length, req.old)
	if flushed := c.w.Flush(); err == nil {
		err = flushed
	}
	switch {
	case err == nil && a.length == untilEnd:
		err = io.EOF
	case err == nil && last:
		err = errRest
	}
	return true, err
}

// An answer is what an origin says.
type answer struct {
	*message
	code   int
	old    bool  // the origin speaks HTTP/1.0
	length int64 // of its content, see framing
}

// readAnswer reads the header section of an answer to method. Its error is
// status(502).
func readAnswer(r *bufio.Reader, method string) (*answer, error) {
	m, err := readMessage(r)
	if err != nil {
		return nil, status(502)
	}
	a := &answer{message: m}
	version, rest, _ := strings.Cut(m.start, " ")
	digits, reason, _ := strings.Cut(rest, " ")
	a.old, err = isOld(version)
	code, wrong := strconv.ParseUint(digits, 10, 16)
	a.code = int(code)
	if err != nil || wrong != nil || len(digits) != 3 || !isText(reason) ||
		a.code < 100 || a.code == 101 { // which no request of ours can ask for
		return nil, status(502)
	}
	m.start = "HTTP/1.1 " + rest
	a.length, err = framing(m, untilEnd)
	if err != nil || a.old && a.length == chunked {
		return nil, status(502)
	}
	if a.code < 200 || a.code == 204 { // neither has a content, nor a length
		m.remove("Content-Length")
	}
	if method == "HEAD" || a.code < 200 || a.code == 204 || a.code == 304 {
		a.length = 0
	}
	return a, nil
}

// copyContent copies a content of this length. When it is chunked so is the
// copy, or, with bare, there is nothing but the content. When src is not as
// it should be, or ends before all of it has come, the error is status(400);
// one of the connection stays as it is.
func copyContent(
	dst *bufio.Writer, src *bufio.Reader, length int64, bare bool,
) error {
	if length != chunked {
		return copyBytes(dst, src, length)
	}
	for {
		size, err := readSize(src)
		if err != nil {
			return err
		}
		if !bare {
			fmt.Fprintf(dst, "%x\r\n", size)
		}
		if size == 0 {
			return endChunks(dst, src, bare)
		}
		if err := copyBytes(dst, src, size); err != nil {
			return err
		}
		room := len("\r\n")
		if _, err := readLine(src, &room); err != nil {
			return atEnd(err)
		}
		if !bare {
			dst.WriteString("\r\n")
		}
	}
}

// readSize reads the line in front of a chunk. What follows the size is left
// out.
func readSize(src *bufio.Reader) (int64, error) {
	room := mostChunk
	line, err := readLine(src, &room)
	if err != nil {
		return 0, atEnd(err)
	}
	digits, extension, _ := strings.Cut(line, ";")
	n, err := strconv.ParseUint(digits, 16, 63) // takes no sign, and no 0x
	if err != nil || !isText(extension) {
		return 0, status(400)
	}
	return int64(n), nil
}

// endChunks reads the trailer section after the last chunk, which is not passed
// on.
func endChunks(dst *bufio.Writer, src *bufio.Reader, bare bool) error {
	if _, err := readFields(src, mostHead); err != nil {
		return atEnd(err)
	}
	if !bare {
		dst.WriteString("\r\n")
	}
	return nil
}
