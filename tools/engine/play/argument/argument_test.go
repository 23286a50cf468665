package argument

import (
	"maps"
	"strings"
	"testing"
)

// misused calls f and returns the reason with which it refuses its
func misused(f func()) (why string) {
	defer func() {
		if u, ok := recover().(Usage); ok {
			why = string(u)
		}
	}()
	f()
	return ""
}

func TestSizes(t *testing.T) {
	for arg, want := range map[string]int{"0": 0, "7": 7, "64KiB": 65536, "1MiB": 1 << 20, "64MiB": MaxSize} {
		if got := Size(arg); got != want {
			t.Errorf("size(%q) = %d, want %d", arg, got, want)
		}
	}
	for _, arg := range []string{"", "KiB", "-1", "1.5MiB", "1kib", "64MiBKiB", "0x10", "67108865", "65537KiB"} {
		if misused(func() { Size(arg) }) == "" {
			t.Errorf("size(%q) is taken", arg)
		}
	}
	for _, arg := range []string{"", "-1", "ten", "10001"} {
		if misused(func() { Count(arg) }) == "" {
			t.Errorf("count(%q) is taken", arg)
		}
	}
}

func TestFlags(t *testing.T) {
	switches, valued := []string{"-small", "-6"}, []string{"-as", "-lines"}
	for _, c := range []struct {
		args string
		set  map[string]string
		rest string
	}{
		{"", map[string]string{}, ""},
		{"A B", map[string]string{}, "A B"},
		{"-small A", map[string]string{"-small": "yes"}, "A"},
		{"-as N -6 A", map[string]string{"-as": "N", "-6": "yes"}, "A"},
		{"A -small", map[string]string{}, "A -small"},
		{"-lines -1 A", map[string]string{"-lines": "-1"}, "A"},
	} {
		set, rest := Flags(strings.Fields(c.args), switches, valued)
		if !maps.Equal(set, c.set) || strings.Join(rest, " ") != c.rest {
			t.Errorf("flags(%q) = %v, %v", c.args, set, rest)
		}
	}
	for _, args := range []string{"-none A", "-as", "-small -", "--small A"} {
		if why := misused(func() { Flags(strings.Fields(args), switches, valued) }); !strings.HasPrefix(why,
			"unknown flag") {
			t.Errorf("flags(%q): %q", args, why)
		}
	}
}
