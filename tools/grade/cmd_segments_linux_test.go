package grade

import "testing"

// The kernel counts the segments of a reply; time passes when a scenario says so.
func TestSegments(t *testing.T) {
	const segments = "serve\ndial A\nsegments 1 A a.b.c. A.B.C.\n"
	for _, c := range []struct{ name, program, text, want string }{
		{"one write", "a-read-is-a-question", segments, ""},
		{"three writes", "capitals", segments, "segments: all replies came, but in "},
		{"three are allowed", "capitals", "serve\ndial A\nsegments 3 A a.b.c. A.B.C.\n", ""},
		{"not the reply", "echo", segments, "wrong-bytes: "},
		{"a while", "capitals", "serve\nlater 10ms\ndial A\nask A a. A.\n", ""},
		{"too long a while", "capitals", "serve\nlater 1h\n",
			"error: testdata/01-a/01-one.txtar:3: \"1h\" is not a duration of at most 5s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			passes(t, c.program, c.text, c.want)
		})
	}
}
