package nearest

import "testing"

func TestName(t *testing.T) {
	units := []string{"00-setup", "02-echo-once", "03-echo-in-turn", "04-goroutine-per-client"}
	for name, want := range map[string]string{
		"02-echo-onec":            "02-echo-once",
		"02-echo":                 "",
		"03-echo-once":            "02-echo-once",
		"05-gorutine-per-cliens":  "04-goroutine-per-client",
		"goroutine-per-client":    "04-goroutine-per-client",
		"something else entirely": "",
		"":                        "",
	} {
		if got := Name(name, units); got != want {
			t.Errorf("Name(%q) = %q, want %q", name, got, want)
		}
	}
}
