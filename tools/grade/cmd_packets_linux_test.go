package grade

import (
	"fmt"
	"strings"
	"testing"
)

// What the packet commands see and say, tried on the tiny programs of
// tiny_linux_test.go.
func TestPacketCommands(t *testing.T) {
	needSpace(t)
	for _, c := range []struct{ name, program, text, want string }{
		{"lines in order", "lines", "run\nprints two\nprints four\nexit 0\n", ""},
		{"lines out of order", "lines", "run\nprints four\nprints two\n",
			`output: standard output has no further line that says "two"`},
		{"a line without its end", "lines", "run\nprints five\n", "output: standard output has no further line"},
		{"it sleeps instead of printing", "moody", "run 127.0.0.1:0\nprints three\n", "output: the client"},
		{"a watcher that ends badly", "fails", "run\nprints three\n", "exited: the client has ended by itself"},
		{"talk", "lines", "listen P\nrun\ntalk A P 'hello'\ntalk B P ''\ntalk -reset C P 'x'\nexit 0\n", ""},
		{"an echo request", "pings", "run\necho-request\nexit 0\n", ""},
		{"a damaged request", "pings-badly", "run\necho-request\n",
			"wrong-bytes: the checksum of the ICMP message is 0x1234 and should be"},
		{"no request", "lines", "run\necho-request\n", "exited: the client ended before it connected"},
		{"a reply without a request", "lines", "run\necho-reply\n",
			"error: testdata/01-a/01-one.txtar:4: there is no echo request to answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := script(t, "# A rule.\n# namespace\n"+c.text, tinyProgram(t, c.program))
			got := ""
			if o.Verdict != nil {
				got = fmt.Sprintf("%s: %s", o.Verdict.Code, o.Verdict.What)
			}
			if o.Skipped != "" || c.want == "" && got != "" || !strings.HasPrefix(got, c.want) {
				t.Errorf("got %q, skipped %q, want %q\n%s", got, o.Skipped, c.want, strings.Join(o.Timeline, "\n"))
			}
		})
	}
}

// Without a namespace there are no packets of the scenario's own.
func TestPacketCommandsOutside(t *testing.T) {
	o := script(t, "# A rule.\nrun\necho-request\n", tinyProgram(t, "lines"))
	if o.Verdict == nil || !strings.Contains(o.Verdict.What.String(), "in a scenario with the header namespace only") {
		t.Errorf("%+v", o.Verdict)
	}
}

// The answer carries what the request did, but for what the scenario changes.
func TestEchoReply(t *testing.T) {
	needSpace(t)
	text := "# A rule.\n# sysctl net.ipv4.icmp_echo_ignore_all 1\nrun\necho-request\n" +
		"echo-reply -id 1\necho-reply -seq -1\necho-reply -type 11\necho-reply -data 'end'\nprints 'end'\nexit 0\n" +
		`output '8 0 8 7 hi\n0 0 9 7 hi\n0 0 8 6 hi\n11 0 8 7 hi\n0 0 8 7 end\n'`
	if o := script(t, text, tinyProgram(t, "pings-on")); o.Verdict != nil || o.Skipped != "" {
		t.Errorf("%+v %s", o.Verdict, o.Skipped)
	}
}
