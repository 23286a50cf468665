package peers

import (
	"bytes"
	"testing"
)

// TestRoomByTelnet has telnet and netcat talk to each other in a room. The lines of
// telnet end with CR and LF; what the others hear ends with LF alone.
func TestRoomByTelnet(t *testing.T) {
	tool(t, telnet.tool)
	s := serve(t, "hubd")
	ann := newKeyboard(t)
	a := startReading(t, ann.name, telnet.tool, telnet.argv(t, s)...)
	a.await(telnet.banner, func() bool { return has(a.Stdout(), telnet.banner) })
	before, _, _ := bytes.Cut(a.Stdout().Bytes(), []byte(telnet.banner))
	from := len(before) + len(telnet.banner)
	ann.types("ann\n")
	a.prints(from, []byte("* here:\n"))

	bob := newKeyboard(t)
	b := startReading(t, bob.name, netcat.tool, netcat.argv(t, s)...)
	bob.types("bob\n")
	b.prints(0, []byte("* here: ann\n"))
	a.prints(from, []byte("* here:\n* bob has joined\n"))

	ann.types("hello, bob\n\n")
	b.prints(0, []byte("* here: ann\nann: hello, bob\nann: \n"))
	bob.types("hello\r\n")
	a.prints(from, []byte("* here:\n* bob has joined\nbob: hello\n"))

	bob.ends()
	b.succeeds()
	a.prints(from, []byte("* here:\n* bob has joined\nbob: hello\n* bob has left\n"))
	ann.ends()
	a.exits() // telnet's own status says nothing
	s.quiet()
}
