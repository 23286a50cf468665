// A right variant: a header section is collected and then taken apart, a content is an io.Reader that goes on in
// chunks of other sizes, and a goroutine looks at when something has moved last.
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
	"sync/atomic"
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

// readMessage collects a whole header section, byte by byte, and takes it apart
// when its empty line has come. A line end that is none is found at once.
func readMessage(r *bufio.Reader) (*message, error) {
	block, err := collect(r, mostHead)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimSuffix(string(block), "\r\n"), "\r\n")
	m := &message{start: lines[0]}
	for _, line := range lines[1:] {
		if line == "" {
			break
		}
		f, ok := parseField(line)
		if !ok {
			return nil, status(400)
		}
		m.fields = append(m.fields, f)
	}
	return m, nil
}

// collect returns all bytes up to an empty line, with it.
func collect(r *bufio.Reader, most int) ([]byte, error) {
	var block []byte
	beginning := 0 // of the line
	for {
		b, err := r.ReadByte()
		if err != nil {
			return nil, err
		}
		if len(block) == most {
			return nil, status(431)
		}
		after := len(block) > 0 && block[len(block)-1] == '\r'
		if after != (b == '\n') { // a bare CR, or a bare LF
			return nil, status(400)
		}
		block = append(block, b)
		if b != '\n' {
			continue
		}
		if len(block)-beginning == 2 {
			return block, nil
		}
		beginning = len(block)
	}
}

// parseField takes a line of a header section apart.
func parseField(line string) (field, bool) {
	colon := strings.IndexByte(line, ':')
	if colon < 0 || !isToken(line[:colon]) || !isText(line[colon+1:]) {
		return field{}, false
	}
	return field{line[:colon], strings.Trim(line[colon+1:], " \t")}, true
}

// A body reads a content. What is wrong with it is status(400).
type body struct {
	src    *bufio.Reader
	length int64 // chunked, untilEnd, or a number
	left   int64 // of the chunk, or of all
	inside bool  // a chunk has been begun
	over   bool
}

func newBody(src *bufio.Reader, length int64) *body {
	return &body{src: src, length: length, left: max(length, 0)}
}

func (b *body) Read(p []byte) (int, error) {
	if b.length == chunked && b.left == 0 && !b.over {
		if err := b.nextChunk(); err != nil {
			return 0, err
		}
	}
	if b.over || b.length >= 0 && b.left == 0 {
		return 0, io.EOF
	}
	if b.length != untilEnd {
		p = p[:min(int64(len(p)), b.left)]
	}
	n, err := b.src.Read(p)
	b.left -= int64(n)
	if err == io.EOF && b.length == untilEnd {
		return n, io.EOF
	}
	if err != nil {
		return n, atEnd(err)
	}
	return n, nil
}

// nextChunk reads what is in front of a chunk, and what comes after the last.
func (b *body) nextChunk() error {
	if b.inside {
		end, err := b.line(2)
		if err != nil {
			return err
		}
		if end != "" {
			return status(400)
		}
	}
	line, err := b.line(mostChunk)
	if err != nil {
		return err
	}
	size, extension, _ := strings.Cut(line, ";")
	n, err := strconv.ParseUint(size, 16, 63)
	if err != nil || !isText(extension) {
		return status(400)
	}
	b.left, b.inside = int64(n), true
	if n > 0 {
		return nil
	}
	b.over = true
	for room := mostHead; ; { // trailers
		line, err := b.line(room)
		if err != nil || line == "" {
			return err
		}
		if _, ok := parseField(line); !ok {
			return status(400)
		}
		room -= len(line) + 2
	}
}

// line reads a line of at most so many bytes.
func (b *body) line(most int) (string, error) {
	var line []byte
	for len(line) < most {
		c, err := b.src.ReadByte()
		if err != nil {
			return "", atEnd(err)
		}
		line = append(line, c)
		if c == '\n' {
			text, found := strings.CutSuffix(string(line), "\r\n")
			if !found {
				return "", status(400)
			}
			return text, nil
		}
	}
	return "", status(400)
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
	d := net.Dialer{Timeout: p.dial}
	failed := status(403)
	for _, addr := range addrs {
		number, _ := strconv.ParseUint(port, 10, 16)
		to := netip.AddrPortFrom(addr.Unmap(), uint16(number))
		if p.forbidden(to) {
			continue
		}
		tcp, err := d.DialContext(ctx, "tcp", to.String())
		if err == nil {
			return tcp.(*net.TCPConn), nil
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		failed = status(502)
		if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
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
// may send another one. When the error is a status no answer has been begun.
func (p *proxy) exchange(ctx context.Context, c *conn, req *request) error {
	tcp, err := p.connect(ctx, req.host, req.port)
	if err != nil {
		return err
	}
	origin := newConn(tcp)
	defer abort(tcp) // which does nothing when it has been closed
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var last atomic.Int64
	began := time.Now()
	origin.moved = func() { last.Store(int64(time.Since(began))) }
	go func() { // looks whether anything has moved
		for {
			rest := time.Duration(last.Load()) + p.idle - time.Since(began)
			if rest <= 0 {
				fail(status(504))
				return
			}
			select {
			case <-time.After(rest):
			case <-ctx.Done():
				return
			}
		}
	}()
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
	var begun bool
	var err error
	over := make(chan struct{})
	go func() { // the answer; the request is sent by this goroutine
		defer close(over)
		begun, err = p.download(c, origin, req)
		if err == nil || err == errRest || err == io.EOF {
			origin.Close()
		} else {
			abort(origin.TCPConn)
		}
		c.SetReadDeadline(time.Now()) // an upload is of no use any more
	}()
	uploaded := p.upload(origin, c, req)
	<-over
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
	read, wrote := pour(origin.w, newBody(c.r, req.length), false)
	if wrote != nil {
		return wrote
	}
	if read != nil {
		abort(origin.TCPConn)
	}
	return read
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
	err, wrote := pour(c.w, newBody(origin.r, a.length), req.old)
	if err == nil {
		err = wrote
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

// pour writes a content to dst, in chunks of its own or bare. The first error
// is one of reading, the second one of writing.
func pour(dst *bufio.Writer, b *body, bare bool) (error, error) {
	chunks := b.length == chunked && !bare
	buf := make([]byte, 8<<10)
	for {
		n, err := b.Read(buf)
		if n > 0 {
			if chunks {
				fmt.Fprintf(dst, "%X\r\n", n)
			}
			_, failed := dst.Write(buf[:n])
			if chunks {
				_, failed = dst.WriteString("\r\n")
			}
			if failed != nil {
				return nil, failed
			}
		}
		if err == io.EOF {
			if chunks {
				dst.WriteString("0\r\n\r\n")
			}
			return nil, dst.Flush()
		}
		if err != nil {
			return err, dst.Flush()
		}
	}
}
