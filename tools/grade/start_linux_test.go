package grade

import (
	"fmt"
	"testing"
	"time"
)

// starting is how much processor time a program needs before anything is seen of it, as
// an interpreter does: more than a loop may use without progress, which has begun.
const starting = 700 * time.Millisecond

func init() {
	tinyClients["starts-late-and-knocks"] = func(args []string) { work(starting); knock("hold", args[1:]) }
	tinyClients["starts-late-and-says"] = func(args []string) { work(starting); fmt.Println("so late") }
	tinyClients["says-and-works"] = func(args []string) { fmt.Println("so soon"); work(3 * starting) }
}

// A program of which nothing has been seen is not taken for one that spins.
func TestStart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, program, text, want string }{
		{"it dials", "starts-late-and-knocks", "ports P filtered\nrun $P $P_1\nidle\n", ""},
		{"it says something", "starts-late-and-says", "run\nprints 'so late'\nexit 0\n", ""},
		{"it ends", "starts-late-and-says", "run\nexit 0\n", ""},
		{"it had begun", "says-and-works", "run\nprints 'so soon'\nexit 0\n",
			"busy-loop: the client is not waiting, it is spinning"},
	} {
		t.Run(c.name, func(t *testing.T) { t.Parallel(); passes(t, c.program, c.text, c.want) })
	}
}
