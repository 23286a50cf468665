package play

import (
	"bytes"
	"crypto/tls"
	"strings"
	"time"

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

// security is what a scene knows of TLS.
type security struct {
	identities map[string]*identity // the certificates that were made
	every      *terms               // of the handshake that follows each dial, or nil
}

func secureOf(s *scene) *security {
	all := of[security](s)
	if all.identities == nil {
		all.identities = map[string]*identity{}
	}
	return all
}

// Dialled shakes hands on c, where each dial asks for it.
func (k *security) Dialled(s *scene, c *wire.Conn) {
	if k.every != nil {
		s.shake(c, *k.every)
	}
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
		panic(usage("-max is 1.2"))
	}
	if n := set["-pieces"]; n != "" {
		t.pieces = count(n)
	}
	if set["-every"] != "" && len(args) == 0 {
		secureOf(s).every = nil
		return
	}
	if set["-every"] != "" {
		exactly(1, args)
		t.host, t.mute = args[0], true
		secureOf(s).every = &t
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
	end := s.await(p, nil, func(d time.Duration) progress {
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
	end = s.await(s.owner(c), c, func(d time.Duration) progress {
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
