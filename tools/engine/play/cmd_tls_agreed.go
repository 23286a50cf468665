package play

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"loopback/tools/base/record"
	"loopback/tools/engine/wire"
)

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
