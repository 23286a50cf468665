package secure

import (
	"bytes"
	"crypto/tls"
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var tlsCommands = []scene.Command{{
	Name: "tls", Args: "[-every] [-refused] [-by ISSUER] [-with CERT] [-shows CERT] [-alpn P,...] [-got P] " +
		"[-max 1.2] [-group GROUP] [-pieces N] [-records N] NAME [HOST]", Group: "TLS",
	Summary: "shake hands on a connection; from then on what is sent and received on it goes through TLS",
	Detail: "A connection of dial makes the grader the client: HOST is the name that it asks for (SNI), none when " +
		"it is not given, and the program must prove it by a certificate of ISSUER's, ca when not given; with " +
		"-shows by just this one. -with is the client's own certificate. A connection of accept makes the grader " +
		"the server, and -with is its certificate; the program must ask for HOST, or for no name when HOST is -. " +
		"With -refused the program must not go on: it may send an alert, or end the connection, and must not send " +
		"a byte of its data. -alpn names what the grader speaks (RFC 7301), -got what must be agreed on; none " +
		"for nothing. -max is the newest version that the grader speaks, -group the only way in which it agrees on a " +
		"key: P-256 or X25519. With -pieces the ClientHello comes in " +
		"pieces of N bytes, each when the one before has been read. With -records it comes in records of at most N " +
		"bytes, whose version is 3.3; without, in one of the version 3.1. With -every there is no NAME: each dial " +
		"from now on is followed by such a handshake; without a HOST by none.",
	Run: startTLS,
}, {
	Name: "notified", Args: "NAME", Group: "TLS",
	Summary: "the program's close_notify must come now, and no byte before it",
	Detail:  "No FIN need follow: eof asks for that.",
	Run:     scene.OnConn(stream.Notified),
}, {
	Name: "bare", Args: "NAME", Group: "TLS",
	Summary: "from now on what is sent on this connection goes as it is, below TLS, and closewrite is a FIN",
	Detail:  "What comes is read as before.",
	Run: scene.OnConn(func(s *scene.Scene, c *wire.Conn) {
		if !c.Speaks() {
			s.Misuse("%s speaks no TLS: shake hands with tls first", c.Name)
		}
		c.Bare()
	}),
}, {
	Name: "turned-down", Args: "NAME", Group: "TLS",
	Summary: "the program must end the connection, in any way, and may send an alert before; no byte of data",
	Run:     scene.OnConn(turnedDown),
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
	group         string        // the name of groups, where it is one
	groups        []tls.CurveID // in which a key may be agreed on; none for all that package tls has
	pieces        int           // the size of those in which the ClientHello is sent; 0 for one
	records       int           // the size of its records; 0 for one, as package tls makes it
	refused, mute bool
}

// security is what a scene knows of TLS.
type security struct {
	identities map[string]*identity // the certificates that were made
	every      *terms               // of the handshake that follows each dial, or nil
}

func secureOf(s *scene.Scene) *security {
	all := scene.Of[security](s)
	if all.identities == nil {
		all.identities = map[string]*identity{}
	}
	return all
}

// Dialled shakes hands on c, where each dial asks for it.
func (k *security) Dialled(s *scene.Scene, c *wire.Conn) {
	if k.every != nil {
		shake(s, c, *k.every)
	}
}

func startTLS(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-every", "-refused"}, []string{"-by", "-with", "-shows", "-alpn",
		"-got", "-max", "-group", "-pieces", "-records"})
	t := terms{roots: issuer(s, set["-by"]), got: set["-got"], refused: set["-refused"] != ""}
	if name := set["-with"]; name != "" {
		t.with = identityOf(s, name)
	}
	if name := set["-shows"]; name != "" {
		t.shows = identityOf(s, name)
	}
	if p := set["-alpn"]; p != "" {
		t.protocols = strings.Split(p, ",")
	}
	switch set["-max"] {
	case "1.2":
		t.max = tls.VersionTLS12
	case "":
	default:
		panic(argument.Usage("-max is 1.2"))
	}
	switch t.group = set["-group"]; t.group {
	case "P-256":
		t.groups = []tls.CurveID{tls.CurveP256}
	case "X25519":
		t.groups = []tls.CurveID{tls.X25519}
	case "":
	default:
		panic(argument.Usage("-group is P-256 or X25519"))
	}
	if n := set["-pieces"]; n != "" {
		t.pieces = argument.Count(n)
	}
	if n := set["-records"]; n != "" {
		t.records = argument.Count(n)
	}
	if set["-every"] != "" && len(args) == 0 {
		secureOf(s).every = nil
		return
	}
	if set["-every"] != "" {
		argument.Exactly(1, args)
		t.host, t.mute = args[0], true
		secureOf(s).every = &t
		return
	}
	argument.AtLeast(1, args)
	if len(args) > 1 {
		argument.Exactly(2, args)
		t.host = args[1]
	}
	shake(s, s.Conn(args[0]), t)
}

// shake shakes hands on c, and judges what comes of it.
func shake(s *scene.Scene, c *wire.Conn, t terms) {
	s.Rest(s.Owner(c))
	serves := s.Kind() == "client" || !dialledBy(s, c)
	if serves {
		shakeAsServer(s, c, t)
	} else {
		shakeAsClient(s, c, t)
	}
}

// dialledBy reports whether the grader has dialled c.
func dialledBy(s *scene.Scene, c *wire.Conn) bool {
	for _, l := range s.Listeners {
		if l.Addr == c.Local.String() {
			return false
		}
	}
	return true
}

func shakeAsClient(s *scene.Scene, c *wire.Conn, t terms) {
	if !t.mute {
		what := record.Say("ClientHello, which everybody can read: no name")
		if t.host != "" {
			what = record.Say("ClientHello, which everybody can read: %s", t.host)
		}
		if t.group != "" {
			what = what.And("; key by %s alone", t.group)
		}
		if t.records > 0 {
			what = what.And(", in records of %d bytes at most, of the version 3.3", t.records)
		}
		s.Record(record.Event{Conn: c.Name, Kind: record.Out, What: what})
	}
	config := &tls.Config{InsecureSkipVerify: true, ServerName: t.host, NextProtos: t.protocols, MaxVersion: t.max,
		CurvePreferences: t.groups}
	if t.with != nil {
		own := t.with.certificate()
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return &own, nil
		}
	}
	c.Secure(tls.Client, config) // whom it proves to be is judged below, in the grader's own words
	if t.records > 0 {
		c.Reframe(t.records)
	}
	for n := 0; t.pieces > 0 && c.SendPiece(t.pieces) && tookPiece(s, c, n < slowPieces); n++ {
	}
	failed, end := handshake(s, c)
	if t.refused {
		mustRefuse(s, c, failed, end)
		return
	}
	agreed(s, c, failed, end)
	state, _ := c.TLS()
	checkIdentity(s, c, t, state)
	checkProtocol(s, c, t, state)
	if !t.mute {
		s.Record(record.Event{Conn: c.Name, Kind: record.In,
			What: record.Say("ServerHello; encrypted: certificate, Finished")})
	}
}

func shakeAsServer(s *scene.Scene, c *wire.Conn, t terms) {
	if t.with == nil {
		s.Misuse("the grader is the server here: -with names its certificate")
	}
	asked := "" // for which name
	config := &tls.Config{MaxVersion: t.max, NextProtos: t.protocols, CurvePreferences: t.groups,
		Certificates: []tls.Certificate{t.with.certificate()}}
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		asked = hello.ServerName
		return nil, nil
	}
	if t.shows != nil {
		config.ClientAuth, config.ClientCAs = tls.RequireAnyClientCert, t.roots.pool()
	}
	c.Secure(tls.Server, config)
	failed, end := handshake(s, c)
	if t.refused {
		mustRefuse(s, c, failed, end)
		return
	}
	agreed(s, c, failed, end)
	state, _ := c.TLS()
	switch {
	case t.host == "-" && asked != "", t.host != "-" && t.host != "" && asked != t.host:
		rejectTLS(s, c, record.Say("the ClientHello asks for %q", asked),
			record.Say("the %s asked for the name %q in its ClientHello; it should ask for %q", s.Called(s.Owner(c)),
				asked, strings.TrimPrefix(t.host, "-")))
	case t.shows != nil && !bytes.Equal(state.PeerCertificates[0].Raw, t.shows.leaf.Raw):
		rejectTLS(s, c, record.Say("another certificate"), record.Say("the %s has shown another certificate than it "+
			"was given", s.Called(s.Owner(c))))
	}
	checkProtocol(s, c, t, state)
	s.Record(record.Event{Conn: c.Name, Kind: record.In, What: record.Say("ClientHello, which everybody can read; " +
		"then Finished")})
}

// tookPiece waits until the program has read what was sent, and reports whether it
// has; if not, it has answered already, or ended the connection. Slowly it waits until
// the program is at rest, too: what it then thinks of the piece is done.
func tookPiece(s *scene.Scene, c *wire.Conn, slowly bool) (took bool) {
	p := s.Owner(c)
	end := s.Await(p, nil, func(d time.Duration) scene.Progress {
		ours, err := s.OurEnd(c)
		if took, _ = stream.Taken(s, c); took || err != nil || ours.State == probe.CloseWait || ours.Unread > 0 {
			return scene.Done
		}
		p.Pause(d / 4)
		return scene.Nothing
	})
	if slowly {
		s.Rest(p)
		ours, err := s.OurEnd(c)
		took = took && err == nil && ours.State != probe.CloseWait && ours.Unread == 0
	}
	return end == scene.Happened && took
}

// slowPieces is how many pieces of a ClientHello come slowly: a program that takes the
// first for all of it has ended the connection before the next one comes.
const slowPieces = 3

// handshake waits for the end of the handshake.
func handshake(s *scene.Scene, c *wire.Conn) (failed error, end scene.Why) {
	end = s.Await(s.Owner(c), c, func(d time.Duration) scene.Progress {
		before := c.Progress()
		failed = c.Handshake(d)
		switch {
		case failed != wire.ErrLater:
			return scene.Done
		case c.Progress() != before:
			return scene.Moved
		}
		return scene.Nothing
	})
	return failed, end
}
