package laws

import "testing"

// TestBorrowed: when all reports about a scenario in a unit are recorded anew, those of other
// units and of hostile programs that are about the same scenario are named, and no others.
func TestBorrowed(t *testing.T) {
	root := course(t)
	const about = "// Belief: none.\n//\n// Caught by: "
	for folder, caught := range map[string]string{
		"31-more/wrong/a": "01-one (silence)", "31-more/wrong/b": "01-one (silence)",
		"32-none/wrong/a": "01-other (silence)",
		"hostile/a":       "01-one (silence), as 30-demo", "hostile/b": "02-other-1 (silence), as 30-demo",
	} {
		write(t, root, "testdata/"+folder+"/main.go", about+caught+".\npackage main\n")
		write(t, root, "testdata/"+folder+"/report.txt", "")
	}
	write(t, root, "testdata/31-more/01-one.txtar", "# as 30-demo/01-one\n")
	write(t, root, "testdata/32-none/01-other.txtar", "# as 30-demo/02-other-1\n")
	for _, unit := range []string{"31-more", "32-none"} {
		write(t, root, "chapters/"+unit+".md", "# A unit\n")
	}
	before := reports(root)
	if ps := borrowed(root, "30-demo", before); len(before) != 13 || len(ps) > 0 {
		t.Errorf("%d reports; nothing has changed: %v", len(before), ps)
	}
	write(t, root, "testdata/30-demo/wrong/a/report.txt", "new\n")
	if ps := borrowed(root, "30-demo", before); len(ps) > 0 {
		t.Errorf("one of eight has changed: %v", ps)
	}
	for _, name := range []string{"b", "c", "d", "e", "f", "g", "h"} {
		write(t, root, "testdata/30-demo/wrong/"+name+"/report.txt", "new\n")
	}
	const from = " of the reports here are about testdata/30-demo/01-one.txtar, from before; record them with: "
	want := []string{
		"testdata/31-more: 2" + from + "go run ./tools/course check --fix 31-more",
		"testdata/hostile: 1" + from + "go test ./tools/author/laws -run Hostile -record",
	}
	got := borrowed(root, "30-demo", before)
	if len(got) != len(want) {
		t.Fatalf("%v", got)
	}
	for i, p := range got {
		if p.String() != want[i] {
			t.Errorf("%s\nwant: %s", p, want[i])
		}
	}
}
