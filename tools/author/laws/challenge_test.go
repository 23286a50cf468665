package laws

import (
	"path/filepath"
	"strings"
	"testing"

	"loopback/tools/base/catalogue"
	"loopback/tools/base/record"
	"loopback/tools/grade"
)

const shouts = "# The rule.\n# challenge\nserve\ndial A\nrecv A 'hi'\n-- hint --\nA.\n-- hint --\nB.\n"

// server is a program that says text to each client.
func server(text string) string {
	return "package main\n\nimport (\n\t\"flag\"\n\t\"fmt\"\n\t\"net\"\n)\n\nfunc main() {\n" +
		"\tlisten := flag.String(\"listen\", \"\", \"\")\n\tflag.Parse()\n\tln, _ := net.Listen(\"tcp\", *listen)\n" +
		"\tfmt.Println(\"listening on\", ln.Addr())\n\tfor {\n\t\tconn, _ := ln.Accept()\n\t\tfmt.Fprint(conn, \"" +
		text + "\")\n\t\tconn.Close()\n\t}\n}\n"
}

// A challenge needs a right variant of its name.
func TestChallengeNeedsVariant(t *testing.T) {
	root := course(t)
	write(t, root, "testdata/30-demo/04-greets.txtar", shouts)
	expect(t, Structure(root, "30-demo"), "testdata/30-demo/right/greets/main.go: the file is missing: a right "+
		"variant that passes the challenge 04-greets")
	write(t, root, "testdata/30-demo/right/greets/main.go", "package main\n")
	for _, p := range Structure(root, "30-demo") {
		t.Error(p)
	}
}

// The verdicts that the programs of a unit with a challenge must get.
func TestChallengeVerdicts(t *testing.T) {
	for _, c := range []struct {
		name string
		kind catalogue.Kind
		says string
		code record.Code // where the challenge catches it
		want string      // in what is wrong with it; "" for nothing
	}{
		{"a reference that does not pass it", catalogue.Solution, "ha", "", ""},
		{"a reference that passes it", catalogue.Solution, "hi", "",
			"the reference must not pass the challenge 04-greets"},
		{"greets", catalogue.Right, "hi", "", ""},
		{"greets", catalogue.Right, "ha", "",
			"it must pass the challenge of its name, but 04-greets ended with wrong-bytes"},
		{"another variant", catalogue.Right, "ha", "", ""},
		{"a wrong one", catalogue.Wrong, "ha", record.WrongBytes, ""},
		{"a wrong one with another code", catalogue.Wrong, "ha", record.Silence,
			"it must fail the challenge 04-greets with silence, but failed with wrong-bytes"},
		{"a wrong one that passes it", catalogue.Wrong, "hi", record.WrongBytes,
			"it must fail the challenge 04-greets (wrong-bytes)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			root := course(t)
			write(t, root, "testdata/30-demo/04-greets.txtar", shouts)
			s := subject{Subject: catalogue.Subject{Unit: "30-demo", Kind: c.kind, Name: c.name,
				Folder: filepath.Join("testdata", "30-demo", "it"), Code: c.code}}
			if c.kind == catalogue.Wrong {
				s.Scenario = "04-greets"
			}
			write(t, root, filepath.ToSlash(s.Folder)+"/main.go", server(c.says))
			r, err := s.grade(t.Context(), root, grade.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := s.wrongly(r); c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if text := s.about(r).Text(); c.kind == catalogue.Wrong && c.says == "ha" &&
				!strings.Contains(text, "── 04-greets ── wrong-bytes") {
				t.Errorf("what is recorded:\n%s", text)
			}
		})
	}
}

// A wrong program that a challenge catches passes all else.
func TestChallengeAfterAllElse(t *testing.T) {
	root := course(t)
	write(t, root, "testdata/30-demo/01-one.txtar", "# The rule.\nserve\ndial A\nrecv A 'ho'\n")
	write(t, root, "testdata/30-demo/04-greets.txtar", shouts)
	s := subject{Subject: catalogue.Subject{Unit: "30-demo", Kind: catalogue.Wrong, Folder: "testdata/30-demo/it",
		Scenario: "04-greets", Code: record.WrongBytes}}
	write(t, root, "testdata/30-demo/it/main.go", server("ha"))
	r, err := s.grade(t.Context(), root, grade.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.wrongly(r); !strings.HasPrefix(got,
		"it must pass all that is no challenge, but 01-one ended with wrong-bytes") {
		t.Errorf("got %q", got)
	}
	if ps := unkilled(root, "30-demo", map[string]bool{"30-demo/01-one": true, "30-demo/02-other-1": true,
		"30-demo/03-other-2": true}); len(ps) != 1 || !strings.Contains(ps[0].String(), "04-greets.txtar") {
		t.Errorf("a challenge that nothing fails: %v", ps)
	}
}
