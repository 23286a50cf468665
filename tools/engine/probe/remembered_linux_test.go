package probe

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// TestAddressesIn has addresses in each of their forms, at the very ends, and what only
// looks like one.
func TestAddressesIn(t *testing.T) {
	want := map[[4]byte]bool{{127, 3, 4, 5}: true, {127, 127, 0, 127}: true, {127, 1, 2, 30}: true}
	for in, n := range map[string]int{
		"":                                    0,
		"\x7f\x03\x04":                        0,
		"\x7f\x03\x04\x05":                    1,
		"..\x05\x04\x03\x7f":                  1,
		"\x7f\x7f\x00\x7f\x7f":                1,
		"127.3.4.5":                           1,
		"127.1.2.3":                           0,
		"127.1.2.30:80 and 127.3.4.5x":        2,
		"127.127.0.127, \x7f\x03\x04\x05\x04": 2,
		"1127.3.4.5.6":                        0,
	} {
		found := map[[4]byte]bool{}
		if addressesIn([]byte(in), want, found); len(found) != n {
			t.Errorf("%q: %v, want %d", in, found, n)
		}
	}
}

// TestHolds finds what this process keeps, also where two pieces of memory meet, and
// nothing that it has never had.
func TestHolds(t *testing.T) {
	kept := make([]byte, 3*chunk)
	var texts [][]byte
	for i := range 20 {
		at := (i + 1) * chunk / 8
		copy(kept[at:], fmt.Sprintf("kept %c", 'a'+i))
		texts = append(texts, kept[at:at+6])
	}
	n, err := Holds([]int{os.Getpid()}, texts)
	if err != nil || n != len(texts) {
		t.Errorf("%d, %v, want all %d", n, err, len(texts))
	}
	child := exec.Command("sleep", "600")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer child.Wait()
	defer child.Process.Kill()
	if n, err := Holds([]int{child.Process.Pid}, texts); err != nil || n != 0 {
		t.Errorf("%d, %v in another process, want none", n, err)
	}
}
