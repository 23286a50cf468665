package laws

import (
	"testing"

	"loopback/tools/base/catalogue"
)

// The copy of a stub is written, compared, and left alone once the learner has
// begun.
func TestPristine(t *testing.T) {
	root := course(t)
	const file, exercise = "testdata/30-demo/stub/main.go", "exercises/30-demo/main.go"
	stub := "package main\n\nfunc main() {\n\tnotWritten()\n}\n"
	write(t, root, exercise, stub)
	expect(t, Pristine(root, "30-demo", false), file+": the copy of the stub is missing")
	if ps := Pristine(root, "30-demo", true); len(ps) > 0 {
		t.Error(ps)
	}
	if ps := append(Pristine(root, "30-demo", false), Structure(root, "30-demo")...); len(ps) > 0 {
		t.Error(ps)
	}
	write(t, root, exercise, stub+"\n// More.\n")
	expect(t, Pristine(root, "30-demo", false), file+": the copy of the stub differs")
	write(t, root, exercise, "package main\n\nfunc main() {}\n")
	write(t, root, "exercises/30-demo/"+catalogue.KeptPrefix+"1", "mine")
	if ps := append(Pristine(root, "30-demo", true), Structure(root, "30-demo")...); len(ps) > 0 {
		t.Error(ps)
	}
	remove(file)(t, root)
	expect(t, Pristine(root, "30-demo", true),
		file+": the copy of the stub is missing, and exercises/30-demo has been begun")
}
