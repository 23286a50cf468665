package screen

import (
	"testing"
	"unicode/utf8"
)

func TestUTF8Locale(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want bool
	}{
		{nil, true},
		{map[string]string{"TERM": "dumb"}, false},
		{map[string]string{"LANG": "C"}, false},
		{map[string]string{"LANG": "en_GB.UTF-8", "TERM": "dumb"}, true},
		{map[string]string{"LANG": "en_GB.UTF-8", "LC_ALL": "C"}, false},
		{map[string]string{"LANG": "C", "LC_CTYPE": "de_DE.utf8"}, true},
		{map[string]string{"LANG": "de_DE@euro"}, false},
	} {
		if got := utf8Locale(func(name string) string { return c.env[name] }); got != c.want {
			t.Errorf("%v: %v", c.env, got)
		}
	}
}

func TestPlain(t *testing.T) {
	const text = "── 01 ── silence ─\n  0.2   ├─────▶  connect\n  ◀─────┤  ● ✗ \"x\" ×3 … é\n"
	const want = "-- 01 -- silence -\n  0.2   |----->  connect\n  <-----|  * x \"x\" x3 ~ ?\n"
	if got := toASCII(text); got != want || utf8.RuneCountInString(got) != utf8.RuneCountInString(text) {
		t.Errorf("%q", got)
	}
}
