package disk

import (
	"path/filepath"
	"testing"
)

// TestLock: one at a time, and the next one when it has been released.
func TestLock(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lock")
	unlock, err := Lock(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(file); err != ErrLocked {
		t.Errorf("the second time: %v", err)
	}
	unlock()
	again, err := Lock(file)
	if err != nil {
		t.Fatal(err)
	}
	again()
}
