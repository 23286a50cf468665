package relay

import (
	"sync"
	"time"

	"loopback/tools/base/record"
)

// A teller tells events, one at a time and in order.
type teller struct {
	o     Options
	start time.Time
	mu    sync.Mutex
}

// Note tells something about the server alone.
func (t *teller) Note(kind record.Kind, text string) {
	t.tell(record.Event{Kind: kind, What: record.Say("%s", text)})
}

func (t *teller) tell(e record.Event) {
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
