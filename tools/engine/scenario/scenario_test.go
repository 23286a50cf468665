package scenario

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"loopback/tools/base/record"
	"loopback/tools/base/tree"
	"loopback/tools/base/trial"
	"loopback/tools/engine/facts"
)

// sectionsOf returns the sections of a file that have this heading.
func sectionsOf(head string, texts ...string) (all []section) {
	for _, text := range texts {
		s, err := parseHeading(head)
		if err != nil {
			panic(err)
		}
		s.text = text
		all = append(all, s)
	}
	return all
}

func TestParseDefaults(t *testing.T) {
	sc := &Scenario{File: "f.txtar"}
	if err := sc.parse([]byte("# The rule, in one sentence.\nserve\n# points 7\n")); err != nil {
		t.Fatal(err)
	}
	if sc.Rule != "The rule, in one sentence." {
		t.Errorf("rule %q", sc.Rule)
	}
	if sc.Points != 1 || sc.Timeout != hangBound || sc.Visibility != "visible" || sc.Race ||
		sc.Needs != nil || sc.Tags != nil {
		t.Errorf("a comment in the script is no header, and these are no defaults: %+v", sc)
	}
}

func TestParseEverything(t *testing.T) {
	sc := &Scenario{File: "f.txtar"}
	err := sc.parse([]byte(`# The rule.
# points 3
# timeout 8s
# needs 01-one 02-two
# tags framing short-read
# visibility after_due_date
# race
serve
-- cause silence --
Nobody reads.
-- cause reset --
Somebody closes.
-- read --
chapters/01.md#there
-- hint --
First.
-- hint --
Second.
-- hint reset --
Who closes?
`))
	if err != nil {
		t.Fatal(err)
	}
	want := &Scenario{File: "f.txtar", Rule: "The rule.", Points: 3, Timeout: 8 * time.Second, Patient: true,
		Needs: []string{"01-one", "02-two"}, Tags: []string{"framing", "short-read"},
		Visibility: "after_due_date", Race: true, Start: []string{"serve"},
		Read: "chapters/01.md#there",
		sections: slices.Concat(sectionsOf("cause silence", "Nobody reads."),
			sectionsOf("cause reset", "Somebody closes."),
			sectionsOf("hint reset", "Who closes?"), sectionsOf("hint", "First.", "Second."))}
	if d := cmp.Diff(want, sc, cmp.AllowUnexported(Scenario{}, section{}, facts.Fact{})); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// A verdict gets the hints for its code; where there are none, those for all.
func TestHintsOfACode(t *testing.T) {
	sc := &Scenario{}
	sc.add(slices.Concat(sectionsOf("hint", "First.", "Second."), sectionsOf("hint reset", "Who closes?")))
	for code, want := range map[record.Code][]string{record.Reset: {"Who closes?"},
		record.Silence: {"First.", "Second."}} {
		got, _ := sc.Hints(&record.Verdict{Code: code})
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got)\n%s", code, d)
		}
	}
}

// What is wrong in a scenario file is told with the file, the line, and what
// would be right.
func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", `f.txtar:1: the first line must be a comment that says the rule`},
		{"no rule", "serve\n", `f.txtar:1: the first line must be a comment that says the rule`},
		{"empty rule", "#\nserve\n", `f.txtar:1: the first line must be a comment that says the rule`},
		{"header", "# Rule.\n# pints 2\n",
			`f.txtar:2: unknown header "pints"; headers are: points, timeout, patience, needs, tags, visibility, slow, challenge, race, garbage, through, namespace, sysctl, unreachable`},
		{"points", "# Rule.\n# race\n# points two\n", `f.txtar:3: points must be a whole number, not "two"`},
		{"negative points", "# Rule.\n# points -1\n", `f.txtar:2: points must be a whole number, not "-1"`},
		{"half a point", "# Rule.\n# points 0.5\n", `f.txtar:2: points must be a whole number, not "0.5"`},
		{"timeout", "# Rule.\n# timeout 8\n", `f.txtar:2: timeout must be a duration such as 3s, not "8"`},
		{"negative timeout", "# Rule.\n# timeout -8s\n", `f.txtar:2: timeout must be a duration such as 3s, not "-8s"`},
		{"visibility", "# Rule.\n# visibility no\n",
			`f.txtar:2: visibility must be visible, after_due_date, after_published or hidden, not "no"`},
		{"sysctl of the machine", "# Rule.\n# sysctl kernel.panic 1\n",
			`f.txtar:2: sysctl must be followed by a name that begins with net. and by a value, not by "kernel.panic"`},
		{"unreachable name", "# Rule.\n# unreachable localhost\n",
			`f.txtar:2: unreachable must be followed by an IPv4 address, not by "localhost"`},
		{"sysctl elsewhere", "# Rule.\n# sysctl net.../kernel 1\n",
			`f.txtar:2: sysctl must be followed by a name that begins with net. and by a value, not by "net.../kernel"`},
		{"sysctl without a value", "# Rule.\n# sysctl net.ipv4.tcp_sack\n",
			`f.txtar:2: sysctl must be followed by a name that begins with net. and by a value, not by "net.ipv4.tcp_sack"`},
		{"section", "# Rule.\nserve\n-- cuase silence --\nx\n",
			`f.txtar:3: unknown section "cuase silence"; sections are: cause CODE, hint, hint CODE, read; a cause or a hint may go on with: when FACT and FACT`},
		{"code", "# Rule.\nserve\n\n-- hint --\nx\n-- cause silent --\nx\n",
			`f.txtar:6: unknown section "cause silent"; sections are: cause CODE, hint, hint CODE, read; a cause or a hint may go on with: when FACT and FACT`},
		{"hint with a name", "# Rule.\n-- hint 2 --\nx\n",
			`f.txtar:2: unknown section "hint 2"; sections are: cause CODE, hint, hint CODE, read; a cause or a hint may go on with: when FACT and FACT`},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := (&Scenario{File: "f.txtar"}).parse([]byte(c.text))
			if err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestLoadUnit(t *testing.T) {
	root := trial.Course(t, map[string]string{
		"01-a/02-second.txtar":    "# Two.\n# needs 01-first\n# points 2\nserve\n",
		"01-a/01-first.txtar":     "# One.\nserve\n",
		"01-a/notes.md":           "not a scenario",
		"01-a/wrong/it/main.go":   "package main",
		"02-b/01-borrowed.txtar":  "# as 01-a/02-second\n",
		"02-b/02-own.txtar":       "# Mine.\nserve\n",
		"hostile/forks/main.go":   "package main",
		"Not-A-Unit/01-one.txtar": "# One.\nserve\n",
	})
	u, err := LoadUnit(root, "01-a")
	if err != nil {
		t.Fatal(err)
	}
	if len(u.Scenarios) != 2 || u.Scenarios[0].ID != "01-first" || u.Scenarios[1].ID != "02-second" {
		t.Fatalf("scenarios %+v", u.Scenarios)
	}
	if u.Scenario("02-second").Points != 2 || u.Scenario("03-none") != nil {
		t.Error("Scenario finds what is not there, or not what is")
	}
	names, err := tree.Units(root)
	if err != nil || !reflect.DeepEqual(names, []string{"01-a", "02-b"}) {
		t.Errorf("Units: %v, %v", names, err)
	}
}

// A scenario that stands for another is that other, under its own name.
func TestAlias(t *testing.T) {
	root := trial.Course(t, map[string]string{
		"01-a/02-lent.txtar":     "# Lent.\n# points 2\nserve\n",
		"02-b/01-borrowed.txtar": "# as 01-a/02-lent\n",
	})
	u, err := LoadUnit(root, "02-b")
	if err != nil {
		t.Fatal(err)
	}
	sc := u.Scenarios[0]
	if !sc.Alias || sc.ID != "01-borrowed" || sc.Unit != "02-b" || sc.Rule != "Lent." || sc.Points != 2 {
		t.Errorf("got %+v", sc)
	}
	if sc.File != filepath.FromSlash("testdata/01-a/02-lent.txtar") {
		t.Errorf("messages must name the file that holds the script, not %s", sc.File)
	}
}

func TestLoadUnitErrors(t *testing.T) {
	root := trial.Course(t, map[string]string{
		"01-empty/notes.md":           "",
		"02-alias/01-one.txtar":       "# as 01-empty/01-none\n",
		"03-needs/01-one.txtar":       "# One.\n# needs 02-two\nserve\n",
		"03-needs/02-two.txtar":       "# Two.\nserve\n",
		"04-bad/01-one.txtar":         "# One.\n# pints 2\n",
		"05-chain/01-chain.txtar":     "# as 05-chain/02-link\n",
		"05-chain/02-link.txtar":      "# as 06-end/01-end\n",
		"06-end/01-end.txtar":         "# The end.\nserve\n",
		"07-lender/01-one.txtar":      "# One.\nsreve\n# pints 2\n-- hnit --\nx\n",
		"08-borrower/01-other.txtar":  "# as 07-lender/01-one\n",
		"09-windows/01-crlf.txtar":    "# as 06-end/01-end\r\n",
		"10-outside/01-outside.txtar": "# as ../../outside\n",
	})
	for _, c := range []struct{ unit, want string }{
		{"99-none", `no such unit: "99-none"`},
		{"../01-empty", `no such unit: "../01-empty"`},
		{"", `no such unit: ""`},
		{"01-empty", "testdata/01-empty: no scenarios"},
		{"02-alias", "testdata/02-alias/01-one.txtar:1: stands for testdata/01-empty/01-none.txtar, which " +
			"cannot be read"},
		{"03-needs", `testdata/03-needs/01-one.txtar: needs "02-two", which is not an earlier scenario of 03-needs`},
		{"04-bad", `testdata/04-bad/01-one.txtar:2: unknown header "pints"`},
		{"05-chain", "testdata/05-chain/01-chain.txtar:1: stands for testdata/05-chain/02-link.txtar, which itself " +
			"stands for another"},
		{"08-borrower", `testdata/07-lender/01-one.txtar:4: unknown section "hnit"`},
	} {
		_, err := LoadUnit(root, c.unit)
		if err == nil || !strings.HasPrefix(filepath.ToSlash(err.Error()), c.want) {
			t.Errorf("%s:\ngot  %v\nwant %s", c.unit, err, c.want)
		}
	}
	if u, err := LoadUnit(root, "09-windows"); err == nil && u.Scenarios[0].Rule != "The end." {
		t.Errorf("an alias with a carriage return: %+v", u.Scenarios[0])
	}
}

func TestFindRoot(t *testing.T) {
	root := trial.Course(t, map[string]string{"01-a/01-one.txtar": "# One.\nserve\n"})
	deep := filepath.Join(root, "testdata", "01-a")
	for _, dir := range []string{root, deep} {
		if got, err := tree.Root(dir); err != nil || got != root {
			t.Errorf("FindRoot(%s) = %q, %v; want %q", dir, got, err, root)
		}
	}
	if got, err := tree.Root(t.TempDir()); err == nil {
		t.Errorf("a root where none is: %s", got)
	}
}

// Lines that end as they do on Windows, after an editor or an unpacker, are the same
// lines; what is written in escapes stays.
func TestWindowsLines(t *testing.T) {
	const text = "# It answers.\n# race\n# timeout 3s\nserve\nrecv A 'x\\r\\n'\n-- cause silence --\nWhy.\n" +
		"-- hint --\nHow.\n"
	var units []*Unit
	for _, end := range []string{"\n", "\r\n"} {
		root := t.TempDir()
		dir := filepath.Join(root, "testdata", "00-one")
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"01-two.txtar": text, "02-same.txtar": "# as 00-one/01-two\n"} {
			text = strings.ReplaceAll(text, "\n", end)
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		u, err := LoadUnit(root, "00-one")
		if err != nil {
			t.Fatal(err)
		}
		units = append(units, u)
	}
	for i, sc := range units[0].Scenarios {
		if d := cmp.Diff(sc, units[1].Scenarios[i], cmp.AllowUnexported(Scenario{}, section{}, facts.Fact{})); d != "" {
			t.Errorf("%s (-lines -Windows)\n%s", sc.ID, d)
		}
	}
}
