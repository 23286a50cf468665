package record

import "testing"

func TestAlike(t *testing.T) {
	report := func(what, where string) string {
		return "What happened\n    " + what + "\n" + where + "Again\n    again\n"
	}
	const head = "Where your program was\n"
	one, other := head+"    main.go:7  in net.Read\n", head+"    main.go:8  in net.Write\n"
	both := one + "    main.go:8  in net.Write\n"
	tests := []struct {
		name, a, b string
		alike      bool
	}{
		{"the same", report("silence", one), report("silence", one), true},
		{"one goroutine, elsewhere", report("silence", one), report("silence", other), false},
		{"one more goroutine", report("silence", one), report("silence", both), true},
		{"another thing happened", report("silence", one), report("reset", both), false},
		{"nowhere", report("silence", ""), report("silence", both), false},
		{"nothing is told of either", report("silence", ""), report("reset", ""), false},
	}
	for _, test := range tests {
		if got := Alike(test.a, test.b); got != test.alike {
			t.Errorf("%s: alike %v", test.name, got)
		}
		if got := Alike(test.b, test.a); got != test.alike {
			t.Errorf("%s, the other way round: alike %v", test.name, got)
		}
	}
}

// A program that sleeps is told of in the same way, with a timer and without.
func TestAlikeAsleep(t *testing.T) {
	report := func(what, row string) string {
		return "── 01-one ── silence ──\nWhat happened\n" + what + "      got       \"\"  (nothing)\nOn the wire\n" +
			"    A     B     server\n    │     ├─────▶  connect\n" + row + "Likely cause\n    A lock.\n"
	}
	asleep := report("    the server is asleep, and 4 bytes it has not\n    read wait in its socket\n",
		"    │     ✗     │  nothing came back, and never\n    │     │     │    will: it sleeps\n")
	const row = "    │     ✗     │  nothing came back\n"
	for _, test := range []struct {
		name, other string
		alike       bool
	}{
		{"with a timer", report("    the server has a timer of its own, but did nothing while\n"+
			"    it slept for 1s\n", row), true},
		{"it can never move", report("    the server is asleep and nothing is under way to it: it can\n"+
			"    never move again by itself\n", row), true},
		{"another program", report("    the client is asleep\n", row), false},
		{"it has ended", report("    the server has ended by itself\n", row), false},
		{"more is known", report("    the server is asleep; it has a lock\n", row), false},
		{"another row", report("    the server is asleep\n", "    │     ✗     │  no FIN came\n"), false},
		{"another client", report("    the server is asleep\n", "    ✗     │     │  nothing came back\n"), true},
	} {
		if got := Alike(asleep, test.other); got != test.alike {
			t.Errorf("%s: alike %v\n%s\n%s", test.name, got, withoutTimer(asleep), withoutTimer(test.other))
		}
	}
}

func TestSameLesson(t *testing.T) {
	report := func(code, what, cause string) string {
		return "── 01-one ── " + code + " ──\nThe rule\n    A rule.\nWhat happened\n    " + what +
			"\nLikely cause\n    " + cause + "\nAgain\n    again\n"
	}
	first := report("reset", "a reset", "A lock.")
	for _, test := range []struct {
		name, other string
		same        bool
	}{
		{"seen in another way", report("reset", "a reset, and the end", "A lock."), true},
		{"another cause", report("reset", "a reset", "A leak."), false},
		{"another verdict", report("silence", "a reset", "A lock."), false},
		{"nothing", "", false},
	} {
		if got := SameLesson(first, test.other); got != test.same {
			t.Errorf("%s: %v", test.name, got)
		}
	}
	if SameLesson("", "") {
		t.Error("two empty reports teach the same")
	}
}
