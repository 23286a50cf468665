package play

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var tlsCommands = []Command{{
	Name: "tls", Args: "[-every] [-refused] [-by ISSUER] [-with CERT] [-shows CERT] [-alpn P,...] [-got P] " +
		"[-max 1.2] [-pieces N] NAME [HOST]", Group: "TLS",
	Summary: "shake hands on a connection; from then on what is sent and received on it goes through TLS",
	Detail: "A connection of dial makes the grader the client: HOST is the name that it asks for (SNI), none when " +
		"it is not given, and the program must prove it by a certificate of ISSUER's, ca when not given; with " +
		"-shows by just this one. -with is the client's own certificate. A connection of accept makes the grader " +
		"the server, and -with is its certificate; the program must ask for HOST, or for no name when HOST is -. " +
		"With -refused the program must not go on: it may send an alert, or end the connection, and must not send " +
		"a byte of its data. -alpn names what the grader speaks (RFC 7301), -got what must be agreed on; none " +
		"for nothing. -max is the newest version that the grader speaks. With -pieces the ClientHello comes in " +
		"pieces of N bytes, each when the one before has been read. With -every there is no NAME: each dial from now " +
		"on is followed by such a handshake; without a HOST by none.",
	run: (*scene).startTLS,
}, {
	Name: "notified", Args: "NAME", Group: "TLS",
	Summary: "the program's close_notify must come now, and no byte before it",
	Detail:  "No FIN need follow: eof asks for that.",
	run:     onConn((*scene).notified),
}, {
	Name: "bare", Args: "NAME", Group: "TLS",
	Summary: "from now on what is sent on this connection goes as it is, below TLS, and closewrite is a FIN",
	Detail:  "What comes is read as before.",
	run: onConn(func(s *scene, c *wire.Conn) {
		if !c.Speaks() {
			s.misuse("%s speaks no TLS: shake hands with tls first", c.Name)
		}
		c.Bare()
	}),
}, {
	Name: "turned-down", Args: "NAME", Group: "TLS",
	Summary: "the program must end the connection, in whichever way, and may send an alert before; no byte of data",
	run:     onConn((*scene).turnedDown),
}}

// terms are what a handshake is to be like.
type terms struct {
	host          string
	roots         *identity // whom the grader, as a client, trusts
	with          *identity // the grader's own certificate
	shows         *identity // the certificate that the program must have
	protocols     []string
	got           string // what must be agreed on of them; none for nothing
	max           uint16
	pieces        int // the size of those in which the ClientHello is sent; 0 for one
	refused, mute bool
}

func (s *scene) startTLS(args []string) {
	set, args := flags(args, []string{"-every", "-refused"}, []string{"-by", "-with", "-shows", "-alpn", "-got", "-max",
		"-pieces"})
	t := terms{roots: s.issuer(set["-by"]), got: set["-got"], refused: set["-refused"] != ""}
	if name := set["-with"]; name != "" {
		t.with = s.identity(name)
	}
	if name := set["-shows"]; name != "" {
		t.shows = s.identity(name)
	}
	if p := set["-alpn"]; p != "" {
		t.protocols = strings.Split(p, ",")
	}
	switch set["-max"] {
	case "1.2":
		t.max = tls.VersionTLS12
	case "":
	default:
		panic(usage{"-max is 1.2"})
	}
	if n := set["-pieces"]; n != "" {
		t.pieces = count(n)
	}
	if set["-every"] != "" && len(args) == 0 {
		s.secure = nil
		return
	}
	if set["-every"] != "" {
		exactly(1, args)
		t.host, t.mute = args[0], true
		s.secure = &t
		return
	}
	atLeast(1, args)
	if len(args) > 1 {
		exactly(2, args)
		t.host = args[1]
	}
	s.shake(s.conn(args[0]), t)
}

// shake shakes hands on c, and judges what comes of it.
func (s *scene) shake(c *wire.Conn, t terms) {
	s.rest(s.owner(c))
	serves := s.kind() == "client" || !s.dialledBy(c)
	if serves {
		s.shakeAsServer(c, t)
	} else {
		s.shakeAsClient(c, t)
	}
}

// dialledBy reports whether the grader has dialled c.
func (s *scene) dialledBy(c *wire.Conn) bool {
	for _, l := range s.listeners {
		if l.Addr == c.Local.String() {
			return false
		}
	}
	return true
}

func (s *scene) shakeAsClient(c *wire.Conn, t terms) {
	if !t.mute {
		what := record.Say("ClientHello, which everybody can read: no name")
		if t.host != "" {
			what = record.Say("ClientHello, which everybody can read: %s", t.host)
		}
		s.record(record.Event{Conn: c.Name, Kind: record.Out, What: what})
	}
	config := &tls.Config{InsecureSkipVerify: true, ServerName: t.host, NextProtos: t.protocols, MaxVersion: t.max}
	if t.with != nil {
		own := t.with.certificate()
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return &own, nil
		}
	}
	c.Secure(tls.Client, config) // whom it proves to be is judged below, in the grader's own words
	for t.pieces > 0 && c.SendPiece(t.pieces) && s.tookPiece(c) {
	}
	failed, end := s.handshake(c)
	if t.refused {
		s.mustRefuse(c, failed, end)
		return
	}
	s.agreed(c, failed, end)
	state, _ := c.TLS()
	s.checkIdentity(c, t, state)
	s.checkProtocol(c, t, state)
	if !t.mute {
		s.record(record.Event{Conn: c.Name, Kind: record.In,
			What: record.Say("ServerHello; encrypted: certificate, Finished")})
	}
}

func (s *scene) shakeAsServer(c *wire.Conn, t terms) {
	if t.with == nil {
		s.misuse("the grader is the server here: -with names its certificate")
	}
	asked := "" // for which name
	config := &tls.Config{MaxVersion: t.max, NextProtos: t.protocols,
		Certificates: []tls.Certificate{t.with.certificate()}}
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		asked = hello.ServerName
		return nil, nil
	}
	if t.shows != nil {
		config.ClientAuth, config.ClientCAs = tls.RequireAnyClientCert, t.roots.pool()
	}
	c.Secure(tls.Server, config)
	failed, end := s.handshake(c)
	if t.refused {
		s.mustRefuse(c, failed, end)
		return
	}
	s.agreed(c, failed, end)
	state, _ := c.TLS()
	switch {
	case t.host == "-" && asked != "", t.host != "-" && t.host != "" && asked != t.host:
		s.rejectTLS(c, record.Say("the ClientHello asks for %q", asked),
			record.Say("the %s asked for the name %q in its ClientHello; it should ask for %q", s.called(s.owner(c)),
				asked, strings.TrimPrefix(t.host, "-")))
	case t.shows != nil && !bytes.Equal(state.PeerCertificates[0].Raw, t.shows.leaf.Raw):
		s.rejectTLS(c, record.Say("another certificate"), record.Say("the %s has shown another certificate than it "+
			"was given", s.called(s.owner(c))))
	}
	s.checkProtocol(c, t, state)
	s.record(record.Event{Conn: c.Name, Kind: record.In, What: record.Say("ClientHello, which everybody can read; " +
		"then Finished")})
}

// tookPiece waits until the program has read what was sent, and reports whether it
// has; if not, it has answered already, or ended the connection.
func (s *scene) tookPiece(c *wire.Conn) (took bool) {
	p := s.owner(c)
	end := s.await(p, nil, func(d duration) progress {
		ours, err := s.ourEnd(c)
		if took, _ = s.taken(c); took || err != nil || ours.State == probe.CloseWait || ours.Unread > 0 {
			return done
		}
		p.pause(d / 4)
		return nothing
	})
	return end == happened && took
}

// handshake waits for the end of the handshake.
func (s *scene) handshake(c *wire.Conn) (failed error, end why) {
	end = s.await(s.owner(c), c, func(d duration) progress {
		before := c.Progress()
		failed = c.Handshake(d)
		switch {
		case failed != wire.ErrLater:
			return done
		case c.Progress() != before:
			return moved
		}
		return nothing
	})
	return failed, end
}

// agreed fails when no handshake has come about.
func (s *scene) agreed(c *wire.Conn, failed error, end why) {
	if failed == nil && end == happened {
		return
	}
	o := owes{code: record.Silence, c: c, what: record.Say("the handshake is not finished")}
	var alert *wire.AlertError
	switch {
	case end != happened:
		s.judge(s.owner(c), end, o)
	case errors.As(failed, &alert):
		text := s.alertText(alert)
		s.rejectTLS(c, text, record.Say("the handshake with %s has failed: %v", c.Name, text))
	}
	s.hangup(c, failed, o)
}

// alertText says how TLS has ended.
func (s *scene) alertText(alert *wire.AlertError) record.Phrase {
	text := strings.TrimPrefix(alert.Text, "tls: ")
	if alert.Sent {
		return record.Say("the %s sent an alert: %s", s.kind(), text)
	}
	return record.Say("what the %s sent is no good TLS: %s", s.kind(), text)
}

// rejectTLS fails about a handshake. It does not return.
func (s *scene) rejectTLS(c *wire.Conn, row, what record.Phrase) {
	p := s.owner(c)
	s.hurry = false
	s.rest(p)
	if p.gone() && s.kind() == "server" {
		s.dead(p, record.Verdict{Evidence: s.gather(c, p)})
	}
	v := record.Verdict{Code: record.Handshake, What: what, Evidence: s.gather(c, p)}
	s.reject(c.Name, row, v)
}

// checkIdentity judges whether the program has proved whom the client asked for.
func (s *scene) checkIdentity(c *wire.Conn, t terms, state tls.ConnectionState) {
	leaf := state.PeerCertificates[0]
	if t.shows != nil && !bytes.Equal(leaf.Raw, t.shows.leaf.Raw) {
		s.rejectTLS(c, record.Say("a certificate for %s", namesOf(leaf)), record.Say("%s asked for %q, and the server "+
			"has shown its certificate for %s; it should be the one for %s", c.Name, t.host, namesOf(leaf),
			namesOf(t.shows.leaf)))
	}
	others := x509.NewCertPool()
	for _, more := range state.PeerCertificates[1:] {
		others.AddCert(more)
	}
	_, err := leaf.Verify(x509.VerifyOptions{Roots: t.roots.pool(), Intermediates: others, DNSName: checked(t, leaf)})
	if err != nil {
		s.rejectTLS(c, record.Say("a certificate that proves nothing"),
			record.Say("%s does not accept the server's certificate: %s", c.Name, err.Error()))
	}
}

// checked is the name that a certificate must prove: none, where none was asked for.
func checked(t terms, leaf *x509.Certificate) string {
	if t.shows != nil {
		return namesOf(leaf) // which of several is not the question then
	}
	return t.host
}

// namesOf returns the first name of a certificate.
func namesOf(leaf *x509.Certificate) string {
	switch {
	case len(leaf.DNSNames) > 0:
		return leaf.DNSNames[0]
	case len(leaf.IPAddresses) > 0:
		return leaf.IPAddresses[0].String()
	}
	return leaf.Subject.CommonName
}

func (s *scene) checkProtocol(c *wire.Conn, t terms, state tls.ConnectionState) {
	got := state.NegotiatedProtocol
	if got == "" {
		got = "none"
	}
	if t.got != "" && got != t.got {
		s.rejectTLS(c, record.Say("the protocol is %s", got), record.Say("the %s agreed on the protocol %s; it should "+
			"be %s", s.kind(), got, t.got))
	}
}

// mustRefuse judges a handshake that the program must not go along with. In TLS
// 1.3 a server's refusal of a client's certificate comes behind the handshake, as
// the client sees it; and a client may look at a certificate once more then.
func (s *scene) mustRefuse(c *wire.Conn, failed error, end why) {
	p := s.owner(c)
	var got []byte
	if failed == nil && end == happened {
		got, failed, end = s.read(p, c, 1)
	}
	var alert *wire.AlertError
	switch {
	case len(got) > 0:
		s.record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: 1, Cut: true})
		s.reject(c.Name, record.Say("it should have refused"), record.Verdict{Code: record.Connected,
			Evidence: s.gather(c, p),
			What:     record.Say("the %s must not go on with this handshake, and has sent its data", s.kind())})
	case end != happened && end != ended:
		s.judge(p, end, owes{code: record.Connected, c: c, what: record.Say("it has not refused"),
			note: record.Say("the %s must not go on with this handshake, and has neither ended it nor the connection",
				s.kind())})
	case errors.As(failed, &alert):
		s.record(record.Event{Conn: c.Name, Kind: record.In,
			What: record.Say("the %s refuses, and says so (alert)", s.kind())})
	default:
		s.record(record.Event{Conn: c.Name, Kind: record.In,
			What: record.Say("the %s refuses: it ends the connection", s.kind())})
	}
	s.rest(p)
	if p.gone() && s.kind() == "server" {
		s.dead(p, record.Verdict{})
	}
}

func (s *scene) closeNotify(c *wire.Conn) {
	c.CloseNotify(slice) // that the peer is gone already is seen by the next command
	s.record(record.Event{Conn: c.Name, Kind: record.Out,
		What: record.Say("close_notify: %v has no more to send", c.Name)})
}

// notified waits for the program's close_notify.
func (s *scene) notified(c *wire.Conn) {
	if _, secure := c.TLS(); !secure {
		s.misuse("%s speaks no TLS: shake hands with tls first", c.Name)
	}
	p := s.owner(c)
	got, failed, end := s.read(p, c, 1)
	if len(got) > 0 {
		got = append(got, s.available(p, c)...)
		s.record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
		s.reject(c.Name, record.Say("no more bytes were expected"), record.Verdict{Code: record.ExtraBytes,
			What: record.Say("%s came, where only the close_notify was expected", plus(len(got))), Got: got,
			Compare: true})
	}
	switch {
	case failed == io.EOF && c.Notified():
		s.record(record.Event{Conn: c.Name, Kind: record.In, What: record.Say("close_notify: end of stream")})
		return
	case failed == io.EOF:
		s.log.Add(record.Event{Conn: c.Name, Kind: record.InFIN})
		s.rest(p)
		if st, _ := p.proc.Status(); p.gone() && st.Code != 0 {
			s.dead(p, record.Verdict{})
		}
		s.rejectAt(p, c.Name, record.Say("and no close_notify before it"), record.Verdict{Code: record.NoNotify,
			Evidence: s.gather(c, p), What: record.Say("the %s sent its FIN without a close_notify: %s cannot tell "+
				"that from a stream that was cut on the way", s.kind(), c.Name)})
	case failed != nil:
		s.hangup(c, failed, owes{what: record.Say("a close_notify was expected")})
	}
	s.judge(p, end, owes{code: record.NoEOF, c: c, what: record.Say("no close_notify came")})
}

// turnedDown waits for the end of a connection on which the program has nothing
// to say but an alert.
func (s *scene) turnedDown(c *wire.Conn) {
	p := s.owner(c)
	var got []byte
	var failed error
	end := happened
	for failed == nil && end == happened && len(got) < mostAlert {
		var more []byte
		more, failed, end = s.read(p, c, 1)
		got = append(got, more...)
		if _, secure := c.TLS(); secure && len(got) > 0 || len(got) > 0 && got[0] != recordAlert {
			break
		}
	}
	_, secure := c.TLS()
	switch {
	case len(got) > 0 && (secure || got[0] != recordAlert):
		got = append(got, s.available(p, c)...)
		s.record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got), Cut: true})
		s.reject(c.Name, record.Say("nothing was to be sent"), record.Verdict{Code: record.ExtraBytes,
			Evidence: s.gather(c, p), Got: got, Compare: true,
			What: record.Say("%s came, where only an alert and the end of the connection were allowed",
				plus(len(got)))})
	case end != happened:
		s.judge(p, end, owes{code: record.NoEOF, c: c, what: record.Say("the connection is still open"),
			note: record.Say("the connection %v is still open", c.Name)})
	}
	if failed == io.EOF && c.Notified() && !c.EOF {
		s.turnedDown(c) // its FIN, or RST, follows
		return
	}
	var alert *wire.AlertError
	if errors.As(failed, &alert) {
		s.awaitItsEnd(c)
	}
	s.record(record.Event{Conn: c.Name, Kind: record.In, What: record.Say("the %s ends the connection", s.kind())})
	if s.rest(p); p.gone() && s.kind() == "server" {
		s.dead(p, record.Verdict{})
	}
}

// awaitItsEnd waits until the program has closed its end of c, or sent its FIN.
func (s *scene) awaitItsEnd(c *wire.Conn) {
	p := s.owner(c)
	end := s.await(p, nil, func(d duration) progress {
		theirs, err := s.net.TCP(c.Remote, c.Local)
		if err != nil || theirs.Inode == 0 {
			return done
		}
		p.pause(d / 4)
		return nothing
	})
	if end != ended {
		s.judge(p, end, owes{code: record.NoEOF, c: c, what: record.Say("the connection is still open"),
			note: record.Say("the connection %v is still open", c.Name)})
	}
}

// An alert in the clear is a record of this type, and of at most so many bytes.
const (
	recordAlert = 21
	mostAlert   = 64
)
