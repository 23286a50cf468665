package process

import (
	"strings"
	"testing"
	"time"
)

// A process that may have no more descriptors gets none, and gets some again
// when it may.
func TestLimitDescriptors(t *testing.T) {
	o := shell(`echo ready; read line; ulimit -n; read line; ulimit -n`)
	o.Stdin = true
	p := startReady(t, o, 1) // to be loaded it needs descriptors
	before, err := p.LimitDescriptors(3)
	if err != nil || before < 3 {
		t.Fatalf("%d, %v", before, err)
	}
	p.Input([]byte("\n"))
	for end := time.Now().Add(10 * time.Second); p.Stdout().Lines() < 2; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it does not tell its limit")
		}
	}
	if three, err := p.LimitDescriptors(before); err != nil || three != 3 {
		t.Errorf("%d, %v", three, err)
	}
	p.Input([]byte("\n"))
	ended(t, p)
	p.End()
	said := strings.Fields(string(p.Stdout().Bytes()))
	if len(said) != 3 || said[1] != "3" || said[2] == "3" {
		t.Errorf("its limits: %q", said)
	}
	if _, err := p.LimitDescriptors(3); err == nil {
		t.Error("a process that has ended was given a limit")
	}
}
