package scene

import "testing"

func TestWordsAreLearnt(t *testing.T) {
	var d datagrams
	for _, c := range []struct {
		text, got string
		ok        bool
		twice     string
	}{
		{"{a} one", "17 one", true, ""},
		{"{a} one", "17 one", true, ""},
		{"{a} one", "18 one", false, ""},
		{"{b} two", "17 two", false, `"17"`},
		{"{b} two", "18 two", true, ""},
		{"{c}", "", false, ""},
		{"x{c} {e}\n", "xy z\n", true, ""},
		{"{f} {f}", "1 2", false, ""},
		{"plain", "plain", true, ""},
		{"", "", true, ""},
	} {
		ok, twice := d.Learn([]byte(c.text), []byte(c.got))
		if ok != c.ok || twice != c.twice {
			t.Errorf("%q, %q: %v, %q", c.text, c.got, ok, twice)
		}
	}
	if got := string(d.Spell([]byte("{a} {b} {none}"))); got != "17 18 {none}" {
		t.Errorf("spelt %q", got)
	}
	for text, want := range map[string]string{"{n} one": "99 one", "{a} one": "17 one", "two": "two"} {
		if got := string(d.Guess([]byte(text), []byte("99 three"))); got != want {
			t.Errorf("%q guessed as %q, want %q", text, got, want)
		}
	}
}
