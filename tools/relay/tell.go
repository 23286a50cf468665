package relay

import (
	"sync"
	"time"

	"loopback/tools/wire"
)

// A teller tells events, one at a time and in order.
type teller struct {
	o     Options
	start time.Time
	mu    sync.Mutex
}

// Note tells something about the server alone.
func (t *teller) Note(kind wire.Kind, text string) {
	t.tell(wire.Event{Kind: kind, Text: text})
}

func (t *teller) tell(e wire.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e.At = time.Since(t.start)
	t.o.Tell(e)
}

func (t *teller) open(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.o.Open != nil {
		t.o.Open(name)
	}
}

func (t *teller) close(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.o.Close != nil {
		t.o.Close(name)
	}
}
