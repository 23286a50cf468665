package tree

import "testing"

// TestAlike: a folder's name that is nearly a unit's means it, where it means one.
func TestAlike(t *testing.T) {
	units := []string{"02-echo-once", "03-echo-in-turn", "12-echo-once", "22-qotd"}
	for folder, want := range map[string]string{
		"22-qotd": "22-qotd", "22": "22-qotd", "2": "02-echo-once", "qotd": "22-qotd", "22-Qotd": "22-qotd",
		"22_qotd": "22-qotd", "22 qotd": "22-qotd", "QOTD": "22-qotd", "02-echo": "02-echo-once",
		"echo-once": "", "echo": "", "22-quotes": "", "": "", "--": "", "hello": "", "1": "",
	} {
		if got := Alike(units, folder); got != want {
			t.Errorf("Alike(%q) = %q, want %q", folder, got, want)
		}
	}
}
