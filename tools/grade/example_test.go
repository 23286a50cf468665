package grade

import (
	"context"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
)

// byRote is what a client sends with [FixedSeed] as the first line of a filling.
const byRote = "0000000 schkfas\n"

func init() {
	tinyHandlers["rote"] = func(conn net.Conn) {
		conn.Read(make([]byte, 100))
		conn.Write([]byte(byRote))
	}
}

// TestOnlyWhatIsSeen: who passes the course's scenarios and not the hidden ones is
// named; who fails one of the course's, or passes all, or was tried on a hidden one alone, is not.
func TestOnlyWhatIsSeen(t *testing.T) {
	for _, c := range []struct {
		program, seen, hidden, only string
		want                        bool
	}{
		{"shout", "'HI'", "'hi'", "", true},
		{"shout", "'HI'", "'hi'", "90-private", false},
		{"shout", "'hi'", "'ho'", "", false},
		{"echo", "'HI'", "'hi'", "", false},
	} {
		u := tinyUnit(t, "serve\ndial A\nsend A "+c.seen+"\nrecv A "+c.seen)
		private := "# A rule.\nserve\ndial A\nsend A " + c.hidden + "\nrecv A " + c.hidden + "\n"
		if err := u.Add([]scenario.Hidden{{Unit: u.Name, ID: "90-private", File: "90-private.txtar",
			Text: []byte(private)}}); err != nil {
			t.Fatal(err)
		}
		r := gradeTiny(t, u, Options{Only: c.only}, c.program, "x")
		flagged := slices.ContainsFunc(r.Flags, func(f string) bool {
			return strings.HasPrefix(f, result.WorkedForTheExample) && strings.Contains(f, "90-private")
		})
		if flagged != c.want {
			t.Errorf("%s, %s and %s: %s, flags %q", c.program, c.seen, c.hidden, statuses(r), r.Flags)
		}
	}
}

// TestOnlyItsSeed: a program that knows the bytes of the course's reports by heart is
// named; one that is wrong with every seed, and one that is right, are not.
func TestOnlyItsSeed(t *testing.T) {
	u := tinyUnit(t, "serve\ndial A\nsend A bytes:16\nrecv A bytes:16")
	for program, want := range map[string]bool{"rote": true, "shout": false, "echo": false} {
		r := gradeTiny(t, u, Options{Seed: 4711}, program, "x")
		flag := onlyItsSeed(t.Context(), r, time.Minute, func(_ context.Context, only string) *result.Result {
			return gradeTiny(t, u, Options{Seed: FixedSeed, Only: only}, program, "x")
		})
		if strings.HasPrefix(flag, result.WorkedForTheExample) != want {
			t.Errorf("%s: %s, %q", program, statuses(r), flag)
		}
	}
}
