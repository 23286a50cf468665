package peers

import "testing"

// greeting is what the greeter tells every client.
const greeting = "hello, socket\n"

// TestGreeter has the greeter greet netcat and ask, in turn and twice. Neither
// sends anything: a server that closes with input unread resets.
func TestGreeter(t *testing.T) {
	nc := tool(t, "nc")
	s := serve(t, "greeter")
	for range 2 {
		for _, c := range []*running{
			start(t, "nc", nc, "-N", s.host, s.port), // the null device ends its input at once
			ask(t, s.addr),
		} {
			c.succeeds()
			c.printed(0, []byte(greeting))
		}
	}
	s.quiet()
}
