//go:build !noevidence

package probe

import (
	"os"
	"testing"
)

func TestMemory(t *testing.T) {
	own, err := Memory([]int{os.Getpid()})
	if err != nil || own < 1<<20 {
		t.Fatalf("this test occupies %d bytes (%v)", own, err)
	}
	const more = 32 << 20
	block := make([]byte, more)
	for i := range block {
		block[i] = 1 // so that there must be memory behind it
	}
	grown, err := Memory([]int{os.Getpid()})
	if err != nil || grown < own+more/2 {
		t.Errorf("with %d bytes more it occupies %d, after %d (%v)", more, grown, own, err)
	}
	if block[0] != 1 {
		t.Error("unreachable: it keeps the block alive")
	}
	if none, err := Memory([]int{1 << 30}); none != 0 || err != nil {
		t.Errorf("a process that is not there occupies %d (%v)", none, err)
	}
}
