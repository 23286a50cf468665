package scenario

import (
	"fmt"
	"strings"
	"testing"

	"loopback/tools/base/record"
	"loopback/tools/base/trial"
	"loopback/tools/engine/facts"
	"loopback/tools/engine/probe"
)

// The first section that is for a verdict speaks: a code and a condition before
// a code, before a condition alone, before all others.
func TestWhichSection(t *testing.T) {
	sc := &Scenario{}
	for _, head := range []string{"hint", "hint when unread", "hint reset", "hint silence",
		"hint reset silence when unread", "hint silence when unread and says EOF"} {
		sc.sections = append(sc.sections, sectionsOf(head, head+" 1", head+" 2")...)
	}
	all := sc.sections
	sc.sections = nil
	sc.add(all)
	unread := facts.Evidence{Now: probe.Socket{State: probe.Established, Unread: 3, Inode: 7}}
	both := unread
	both.Words = []string{"EOF"}
	for _, c := range []struct {
		code record.Code
		e    *facts.Evidence
		want string
	}{
		{record.Silence, &both, "reset silence when unread"}, // it stands first
		{record.Reset, &unread, "reset silence when unread"},
		{record.Silence, nil, "silence"},
		{record.Reset, &facts.Evidence{}, "reset"},
		{record.Leak, &unread, "when unread"},
		{record.Leak, nil, ""},
	} {
		texts, head := sc.Hints(&record.Verdict{Code: c.code, Evidence: c.e})
		if head != c.want || len(texts) != 2 || texts[1] != strings.TrimSpace("hint "+c.want)+" 2" {
			t.Errorf("%s: %q, %q; want those of %q", c.code, head, texts, c.want)
		}
	}
}

// What is true in every scenario comes before what a scenario says of a code, and
// behind what it says of the program's own words.
func TestTrueEverywhere(t *testing.T) {
	interrupted := &record.Verdict{Code: record.Exited,
		Evidence: &facts.Evidence{Words: []string{"epoll_wait: interrupted system call"}}}
	for head, want := range map[string]string{
		"exited": common[0].text, "exited when ended": common[0].text, "exited when says EINTR": "Own.",
	} {
		sc := &Scenario{}
		file := fmt.Appendf(nil, "# Rule.\nserve\n-- cause %s --\nOwn.\n-- hint --\nOwn.\n", head)
		if err := sc.parse(file); err != nil {
			t.Fatal(err)
		}
		if got, _ := sc.Cause(interrupted); got != want {
			t.Errorf("%s: %q, want %q", head, got, want)
		}
		if hints, _ := sc.Hints(interrupted); len(hints) != 3 {
			t.Errorf("%s: hints %q", head, hints)
		}
		if got, _ := sc.Cause(&record.Verdict{Code: record.Reset}); got != "" {
			t.Errorf("%s: of a reset %q", head, got)
		}
	}
}

// What is wrong in a heading is reported with the line.
func TestHeadingErrors(t *testing.T) {
	for head, want := range map[string]string{
		"cause":                       "unknown section",
		"cause silence reset when":    "a fact is missing",
		"cause silence if unread":     "unknown section",
		"cause when unred":            `unknown fact "unred"`,
		"cause when got":              "the fact got needs WHAT",
		"cause when got everything":   `cannot be followed by "everything"; it can by nothing, prefix`,
		"cause when says ENOTHING":    "cannot be followed by",
		"hint when unread and":        "a fact is missing",
		"hint when unread or timer":   `"or" does not follow a fact`,
		`hint when says "no end`:      "unknown section",
		"read when unread":            "unknown section",
		"hint silence when not unred": `unknown fact "unred"`,
	} {
		err := (&Scenario{File: "f.txtar"}).parse(fmt.Appendf(nil, "# Rule.\nserve\n-- %s --\nx\n", head))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "f.txtar:3: ") {
			t.Errorf("%s: %v; want %s", head, err, want)
		}
	}
}

// Sections of a file that stands for another unit's scenario come first.
func TestAliasSections(t *testing.T) {
	root := trial.Course(t, map[string]string{
		"01-a/01-lent.txtar": "# Lent.\nserve\n-- cause reset --\nTheirs.\n-- cause silence --\nTheirs.\n" +
			"-- read --\nchapters/a.md#a\n-- hint --\nTheirs.\n",
		"02-b/01-borrowed.txtar": "# as 01-a/01-lent\n\n-- cause reset --\nOurs.\n-- cause silence when unread --\n" +
			"Ours.\n-- read --\nchapters/b.md#b\n",
		"02-b/02-plain.txtar":     "# as 01-a/01-lent\n",
		"03-c/01-script.txtar":    "# as 01-a/01-lent\nserve\n",
		"04-d/01-misspelt.txtar":  "# as 01-a/01-lent\n-- cuase reset --\nx\n",
		"05-e/01-unknown.txtar":   "# as 01-a/01-lent\n-- cause reset when read --\nx\n",
		"06-f/01-own-hints.txtar": "# as 01-a/01-lent\n-- hint --\nOurs.\n",
	})
	u, err := LoadUnit(root, "02-b")
	if err != nil {
		t.Fatal(err)
	}
	ask := func(sc *Scenario, v record.Verdict, want string) {
		t.Helper()
		if got, _ := sc.Cause(&v); got != want {
			t.Errorf("%s, %s: %q, want %q", sc.ID, v.Code, got, want)
		}
	}
	unread := facts.Evidence{Now: probe.Socket{State: probe.Established, Unread: 3, Inode: 7}}
	ask(u.Scenarios[0], record.Verdict{Code: record.Reset}, "Ours.")
	ask(u.Scenarios[0], record.Verdict{Code: record.Silence}, "Theirs.")
	ask(u.Scenarios[0], record.Verdict{Code: record.Silence, Evidence: &unread}, "Ours.")
	ask(u.Scenarios[1], record.Verdict{Code: record.Reset}, "Theirs.")
	if u.Scenarios[0].Read != "chapters/b.md#b" || u.Scenarios[1].Read != "chapters/a.md#a" {
		t.Errorf("read: %q, %q", u.Scenarios[0].Read, u.Scenarios[1].Read)
	}
	if u, err := LoadUnit(root, "06-f"); err != nil {
		t.Error(err)
	} else if hints, _ := u.Scenarios[0].Hints(&record.Verdict{Code: record.Reset}); len(hints) != 1 ||
		hints[0] != "Ours." {
		t.Errorf("hints %q", hints)
	}
	for unit, want := range map[string]string{
		"03-c": "testdata/03-c/01-script.txtar:2: the script is another unit's",
		"04-d": `testdata/04-d/01-misspelt.txtar:2: unknown section "cuase reset"`,
		"05-e": `testdata/05-e/01-unknown.txtar:2: unknown fact "read"`,
	} {
		if _, err := LoadUnit(root, unit); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", unit, err)
		}
	}
}
