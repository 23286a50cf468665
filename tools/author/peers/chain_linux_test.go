package peers

import (
	"path/filepath"
	"slices"
	"testing"

	"loopback/tools/base/tree"
	"loopback/tools/engine/scenario"
)

// A chained is a server whose scenarios must pass with our relay in front of it, for a
// relay adds nothing and takes nothing away.
type chained struct {
	unit, program string
	sample        []string          // these are played in CI, and every night all
	ways          map[string]string // why a scenario sees the relay
}

// ourAddress is why a server behind a relay cannot do what is asked of its log.
const ourAddress = "the server's log has the address of its client, and that is the relay"

// twoProcesses is why the calls of a program are not counted.
const twoProcesses = "the grader counts the system calls of one process, and a relay and a server are two"

var chains = []chained{
	{unit: "08-framing", program: "kvd",
		sample: []string{"01-ping", "09-cut-anywhere", "11-thousand-in-a-row", "21-half-close"},
		ways: map[string]string{
			"30-buffer-sizes":  twoProcesses,
			"49-the-same-keys": twoProcesses,
			"60-set-and-get":   twoProcesses,
			"61-one-write":     twoProcesses,
		}},
	{unit: "18-tls", program: "tlsd", sample: []string{"01-hello", "03-close-notify", "23-byte-by-byte"},
		ways: map[string]string{
			"06-no-tls":        ourAddress,
			"17-spoilt-record": ourAddress,
			"18-cut":           ourAddress,
			"26-at-rest": "the server has closed its connection, and all that the relay sees of that is a FIN: its " +
				"client may still send, and the relay hears that nothing takes it when it does",
		}},
}

// TestServersThroughRelay grades servers with our relay in front of each.
func TestServersThroughRelay(t *testing.T) {
	root, err := tree.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	script, err := filepath.Abs(filepath.Join("testdata", "chain.sh"))
	if err != nil {
		t.Fatal(err)
	}
	argv := []string{tool(t, "bash"), script, program(t, "relayd")}
	for _, c := range chains {
		t.Run(c.program, func(t *testing.T) {
			u, err := scenario.LoadUnit(root, c.unit)
			if err != nil {
				t.Fatal(err)
			}
			u.Scenarios = slices.DeleteFunc(u.Scenarios, func(sc *scenario.Scenario) bool {
				serves := len(sc.Start) > 0 && sc.Start[0] == "serve"
				return !serves || !*full && !slices.Contains(c.sample, sc.ID)
			})
			passes(t, u, append(slices.Clone(argv), program(t, c.program)), c.ways)
		})
	}
}
