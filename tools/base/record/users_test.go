package record

import (
	"fmt"
	"os"
	"testing"
)

// Users and processes have the same names in each run; other numbers stay.
func TestCredentials(t *testing.T) {
	var n Names
	me := os.Geteuid()
	for _, c := range []struct{ text, want string }{
		{fmt.Sprintf("uid %d pid 812\n", me), "uid 1000 pid 4001\n"},
		{fmt.Sprintf("uid %d pid 77", me+1), fmt.Sprintf("uid %d pid 4002", me+1)},
		{fmt.Sprintf("ok\nuid %d pid 812 and more", me), "ok\nuid 1000 pid 4001 and more"},
		{"uid x pid 812", "uid x pid 812"},
		{"uid 1 pid ", "uid 1 pid "},
		{"squid 1 pid 2", "squid 1 pid 2"},
	} {
		if got := n.Text(c.text); got != c.want {
			t.Errorf("%q becomes %q, want %q", c.text, got, c.want)
		}
	}
}
