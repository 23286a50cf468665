package resp

import (
	"slices"
	"testing"
)

func TestSweep(t *testing.T) {
	if got := Sweep("3-5,9"); !slices.Equal(got, []string{"3", "4", "5", "9"}) {
		t.Errorf("sizes: %q", got)
	}
	if all := Sweep("every-byte"); len(all) != 256 || all[10] != `\x0a` {
		t.Errorf("bytes: %q", all)
	}
	if all := Sweep("no-digit"); len(all) != 246 || all[48] != `\x3a` {
		t.Errorf("no digits: %q", all)
	}
}

func TestRepliesBefore(t *testing.T) {
	all := []Question{{[]byte("ab"), []byte("1")}, {[]byte("c"), []byte("2")}}
	for n, want := range []string{"|12", "|12", "1|2", "12|"} {
		due, later := repliesBefore(all, n)
		if got := string(due) + "|" + string(later); got != want {
			t.Errorf("after %d bytes: %s, want %s", n, got, want)
		}
	}
}
