package secure

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

// agreed fails when no handshake has come about.
func agreed(s *scene.Scene, c *wire.Conn, failed error, end scene.Why) {
	if failed == nil && end == scene.Happened {
		return
	}
	o := scene.Owes{Code: record.Silence, Conn: c, What: record.Say("it has not finished the handshake")}
	var alert *wire.AlertError
	switch {
	case end != scene.Happened:
		s.Judge(s.Owner(c), end, o)
	case errors.As(failed, &alert):
		text := s.AlertText(alert)
		rejectTLS(s, c, text, record.Say("the handshake with %s has failed: %v", c.Name, text))
	}
	s.Hangup(c, failed, o)
}

// rejectTLS fails about a handshake. It does not return.
func rejectTLS(s *scene.Scene, c *wire.Conn, row, what record.Phrase) {
	p := s.Owner(c)
	s.Hurry = false
	s.Rest(p)
	if p.Gone() && s.Kind() == "server" {
		s.Dead(p, record.Verdict{Evidence: s.Gather(c, p)})
	}
	v := record.Verdict{Code: record.Handshake, What: what, Evidence: s.Gather(c, p)}
	s.Reject(c.Name, row, v)
}

// checkIdentity judges whether the program has proved whom the client asked for.
func checkIdentity(s *scene.Scene, c *wire.Conn, t terms, state tls.ConnectionState) {
	leaf := state.PeerCertificates[0]
	if t.shows != nil && !bytes.Equal(leaf.Raw, t.shows.leaf.Raw) {
		rejectTLS(s, c, record.Say("a certificate for %s", namesOf(leaf)),
			record.Say("%s asked for %q, and the server "+
				"has shown its certificate for %s; it should be the one for %s", c.Name, t.host, namesOf(leaf),
				namesOf(t.shows.leaf)))
	}
	others := x509.NewCertPool()
	for _, more := range state.PeerCertificates[1:] {
		others.AddCert(more)
	}
	_, err := leaf.Verify(x509.VerifyOptions{Roots: t.roots.pool(), Intermediates: others, DNSName: checked(t, leaf)})
	if err != nil {
		rejectTLS(s, c, record.Say("a certificate that proves nothing"),
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

func checkProtocol(s *scene.Scene, c *wire.Conn, t terms, state tls.ConnectionState) {
	got := state.NegotiatedProtocol
	if got == "" {
		got = "none"
	}
	if t.got != "" && got != t.got {
		rejectTLS(s, c, record.Say("the protocol is %s", got),
			record.Say("the %s agreed on the protocol %s; it should "+
				"be %s", s.Kind(), got, t.got))
	}
}

// mustRefuse judges a handshake that the program must not go along with. In TLS
// 1.3 a server's refusal of a client's certificate comes behind the handshake, as
// the client sees it; and a client may look at a certificate once more then.
func mustRefuse(s *scene.Scene, c *wire.Conn, failed error, end scene.Why) {
	p := s.Owner(c)
	var got []byte
	if failed == nil && end == scene.Happened {
		got, failed, end = stream.Read(s, p, c, 1)
	}
	var alert *wire.AlertError
	switch {
	case len(got) > 0:
		s.Record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: 1, Cut: true})
		s.Reject(c.Name, record.Say("it should have refused"), record.Verdict{Code: record.Connected,
			Evidence: s.Gather(c, p),
			What:     record.Say("the %s must not go on with this handshake, and has sent its data", s.Kind())})
	case end != scene.Happened && end != scene.Ended:
		s.Judge(p, end, scene.Owes{Code: record.Connected, Conn: c, What: record.Say("it has not refused"),
			Note: record.Say("the %s must not go on with this handshake, and has neither ended it nor the connection",
				s.Kind())})
	case errors.As(failed, &alert):
		s.Record(record.Event{Conn: c.Name, Kind: record.In,
			What: record.Say("the %s refuses, and says so (alert)", s.Kind())})
	default:
		s.Record(record.Event{Conn: c.Name, Kind: record.In,
			What: record.Say("the %s refuses: it ends the connection", s.Kind())})
	}
	s.Rest(p)
	if p.Gone() && s.Kind() == "server" {
		s.Dead(p, record.Verdict{})
	}
}
