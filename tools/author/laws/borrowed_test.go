package laws

import "testing"

// TestBorrowed: when a report of a unit is recorded anew, those of other units and of hostile
// programs that are about the same scenario are named, and no others.
func TestBorrowed(t *testing.T) {
	root := course(t)
	const one, two = "scenario: testdata/30-demo/01-one.txtar:7\n", "scenario: testdata/30-demo/02-other-1.txtar:3\n"
	for file, text := range map[string]string{
		"testdata/30-demo/wrong/a/report.txt": "old\n" + one,
		"testdata/30-demo/wrong/b/report.txt": two,
		"testdata/31-more/wrong/a/report.txt": one,
		"testdata/31-more/wrong/b/report.txt": one,
		"testdata/32-none/wrong/a/report.txt": two,
		"testdata/hostile/a/report.txt":       one,
	} {
		write(t, root, file, text)
	}
	before := reports(root, "30-demo")
	if ps := borrowed(root, "30-demo", before); len(ps) > 0 {
		t.Errorf("nothing has changed: %v", ps)
	}
	write(t, root, "testdata/30-demo/wrong/a/report.txt", "new\n"+one)
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
