package batch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTwoBatches: while a batch writes to a folder, a second one says so and ends,
// and nothing of the first is touched.
func TestTwoBatches(t *testing.T) {
	o := class(t)
	o.Out, o.Only, o.Anonymous = filepath.Join(t.TempDir(), "out"), []string{"l-nothing"}, true
	first, err := openStore(o.Out, o.Seed)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Run(t.Context(), o)
	if err == nil || !strings.Contains(err.Error(), "another batch is writing to "+o.Out) {
		t.Errorf("the second batch: %v", err)
	}
	if _, err := os.Stat(first.own("work")); err != nil {
		t.Errorf("what the first works in: %v", err)
	}
	if _, err := os.Stat(KeyFile(o.Out)); err == nil {
		t.Error("the second has written a key file")
	}
	first.close()
	if _, err := Run(t.Context(), o); err != nil {
		t.Errorf("when the first has ended: %v", err)
	}
}
