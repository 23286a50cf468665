package laws

import (
	"strings"
	"testing"

	"loopback/tools/grade"
)

// A board that was recorded before a scenario came, went, or moved is found.
func TestStaleBoard(t *testing.T) {
	r := &grade.Result{}
	for _, id := range []string{"01-a", "02-b", "03-c", "04-d", "05-e"} {
		r.Tests = append(r.Tests, &grade.Test{ID: id})
	}
	waits := &grade.Test{ID: "06-f", Challenge: true, Status: grade.Skip, Rationale: "not checked: it waits"}
	r.Tests = append(r.Tests, waits) // which no board has
	const good = `99-unit: 4 of 5
  ok   01-a … 03-c
  FAIL 04-d                   A rule that is cut off in the mid …
  ok   05-e                   Another rule.

── 04-d ── silence ──
`
	edit := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("%q is not there", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	for name, c := range map[string]struct{ report, want string }{
		"good":           {good, ""},
		"not built":      {"99-unit: your program does not compile\n", ""},
		"gate failed":    {"99-unit: 0 of 5\n  FAIL 01-a   A rule.\n  -    02-b … 05-e\n\n", ""},
		"cut off":        {"99-unit: 1 of 5\n  FAIL 01-a   A rule.\n  FAIL 02-b   A rule.\n  ... and 3 more\n\n", ""},
		"renamed":        {edit("04-d  ", "04-x  "), "where 04-d belongs"},
		"missing":        {edit("  ok   05-e                   Another rule.\n", ""), "ends before 05-e"},
		"missing inside": {edit("… 03-c", "… 02-b"), "where 03-c belongs"},
		"range to where": {edit("… 03-c", "… 03-x"), "ends with no later scenario"},
		"twice":          {edit("\n\n", "\n  ok   05-e   Another rule.\n\n"), "after the last scenario"},
		"wrong number":   {edit("4 of 5", "3 of 5"), "lists 4 that are ok of 5"},
		"wrong whole":    {edit("4 of 5", "4 of 6"), "lists 4 that are ok of 5"},
	} {
		if got := staleBoard(c.report, r); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q; want %q in it", name, got, c.want)
		}
	}
}

// A longer board leaves less room for the timeline; nothing else may differ.
func TestSameButForRoom(t *testing.T) {
	const short = "05-x: 3 of 4\n  ok   01-a … 03-c\n  FAIL 04-d   Rule.\n\n── 04-d ── silence ──\nOn the wire\n         1.5   │     ●  listening\n         2.5   ├─────▶  \"x\"\nHint\n    Look.\n"
	long := strings.NewReplacer("  ok   01-a … 03-c\n", "  ok   01-a   Rule.\n  FAIL 02-b   Rule.\n  ok   03-c   Rule.\n", "         2.5   ├─────▶  \"x\"\n", "").Replace(short)
	if !sameButForRoom(short, long) {
		t.Error("they differ")
	}
	if sameButForRoom(short, strings.Replace(long, "Look.", "Look again.", 1)) {
		t.Error("another hint is not seen")
	}
	if sameButForRoom(short, strings.Replace(short, "         2.5   ├─────▶  \"x\"\n", "", 1)) {
		t.Error("a row is missing for no reason, and it is not seen")
	}
}
