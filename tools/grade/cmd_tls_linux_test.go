package grade

import "testing"

// Servers and clients of TLS, good ones and such as go wrong.
func TestTLS(t *testing.T) {
	const (
		serve = "certificate a a.example\nserve -pair a\n"
		talks = serve + "dial A\ntls A a.example\nask A hello hello\nask A all-bytes all-bytes\nflood A 300KiB\n"
		ends  = serve + "dial A\ntls A a.example\nsend A hello\nclosewrite A\nrecv A hello\neof A\n"
		two   = "certificate a a.example\ncertificate b b.example\nserve -pair a -pair b\ndial A\n" +
			"tls -shows b A b.example\n"
		asks = "certificate good a.example\ncertificate bad b.example\nlisten server\nrun $server $ca a.example\n" +
			"accept A\n"
	)
	for _, c := range []struct{ name, program, text, want string }{
		{"echo", "tls-echo", talks, ""},
		{"no TLS", "echo", "certificate a a.example\nserve\ndial A\ntls A a.example\n",
			"handshake: the handshake with A "},
		{"not this name", "tls-echo", serve + "dial A\ntls A b.example\n", "handshake: A does not accept"},
		{"not this authority", "tls-echo", serve + "dial A\ntls -by other A a.example\n",
			"handshake: A does not accept"},
		{"close_notify", "tls-echo", ends, ""},
		{"a FIN alone", "tls-closes-below", ends, "no-close-notify: "},
		{"two names", "tls-echo", two, ""},
		{"one of two names", "tls-first-name", two, "handshake: A asked for"},
		{"in pieces", "tls-echo", serve + "dial A\ntls -pieces 100 A a.example\nask A hello hello\n", ""},
		{"silent", "tls-echo", serve + "dial S\ndial A\ntls A a.example\n", ""},
		{"silent, and first", "tls-in-turn", serve + "dial S\ndial A\ntls A a.example\n",
			"silence: the server is asleep"},
		{"old", "tls-echo", serve + "dial A\ntls -refused -max 1.2 A a.example\nturned-down A\n", ""},
		{"not refused", "tls-echo", serve + "dial A\ntls -refused A a.example\n", "connected: "},
		{"turned down", "tls-echo", serve + "dial A\nsend A 'no hello\\n'\nturned-down A\n", ""},
		{"not turned down", "echo", "serve\ndial A\nsend A 'no hello\\n'\nturned-down A\n", "extra-bytes: "},
		{"cut", "tls-echo", serve + "dial A\ntls A a.example\nask A x x\nbare A\n" +
			"send A '\\x17\\x03\\x03\\x00\\x40cut'\nclosewrite A\nturned-down A\n", ""},
		{"cut, and dies", "tls-dies", serve + "dial A\ntls A a.example\nask A x x\nbare A\n" +
			"send A '\\x17\\x03\\x03\\x00\\x40cut'\nclosewrite A\nturned-down A\n", "exited: "},
		{"each dial", "tls-echo", serve + "tls -every a.example\nparallel 3\nvisit 2\n", ""},
		{"callers", "tls-echo", serve + "callers a.example 20\n", ""},
		{"callers of one that dies", "tls-dies", serve + "callers a.example 40\n", "exited: "},
		{"callers of one that closes below", "tls-closes-below", serve + "callers a.example 40\n", "no-close-notify: "},
		{"nothing to agree on", "tls-echo", serve + "dial A\ntls -alpn a,b -got none A a.example\n", ""},
		{"another protocol", "tls-echo", serve + "dial A\ntls -alpn a,b -got b A a.example\n",
			"handshake: the server agreed"},
		{"asks", "tls-ask", asks + "tls -with good A a.example\nrecv A word\nsend A hi\nclosewrite A\nexit 0\n" +
			"output hi\n", ""},
		{"asks for a name", "tls-ask", asks + "tls -with good A -\n", "handshake: the client asked for the name"},
		{"refuses", "tls-ask", asks + "tls -refused -with bad A\nexit 1\n", ""},
		{"refuses nobody", "tls-asks-anybody", asks + "tls -refused -with bad A\n", "connected: "},
		{"refuses without need", "tls-ask", asks + "tls -with bad A\n", "handshake: the handshake with A has failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			passes(t, c.program, c.text, c.want)
		})
	}
}

// Files of certificates are where the program is started, with the mode that was asked for.
func TestCertificates(t *testing.T) {
	passes(t, "tls-echo", "certificate -authority between\ncertificate -by between a a.example\nserve -pair a\n"+
		"dial A\ntls A a.example\n", "")
	passes(t, "tls-echo", "certificate -expired a a.example\nserve -pair a\ndial A\ntls A a.example\n",
		"handshake: A does not accept")
	passes(t, "tls-echo", "certificate -mode 8 a\n", "error: testdata/01-a/01-one.txtar:2: a mode is an octal number")
}

// Standard input may end, and the environment have a variable more.
func TestInputEnds(t *testing.T) {
	passes(t, "says-its-input", "environment GREETING hi\nrun -stdin GREETING\ninput ', you'\ninput-end\nexit 0\n"+
		"output 'hi, you'\n", "")
}
