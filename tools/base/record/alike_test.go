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
