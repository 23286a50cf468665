package weave

import (
	"strings"
	"testing"
)

// The pages into which most errors are put.
const (
	hello = "chapters/00-hello.md"
	twice = "chapters/01-twice.md"
	words = "chapters/words.md"

	glossary = "chapters/glossary.md"
)

// accepting is a block of the first page.
const accepting = "conn, err := ln.Accept()\nif err != nil {\n\tfmt.Fprintln(os.Stderr, \"hello:\", err)\n" +
	"\tos.Exit(1)\n}\ngreet(conn)\n"

// seeded are errors, one each, as a change of code or text would make them.
// Each must be found where an author has to mend it, in words that say how.
var seeded = []struct {
	name      string
	file      string
	old, new  string
	at, words string // place and words of the problem
	others    int    // problems that come of the same error
}{
	{"a renamed variable in a part", hello, "\tln, err :=", "\tl, err :=",
		"chapters/00-hello.md:45",
		`the closest are solutions/00-hello/main.go:15-21: change the chapter or the program`, 0},
	{"a renamed variable in a declaration", hello, "fmt.Fprint(conn, greeting)", "fmt.Fprint(c, greeting)",
		"chapters/00-hello.md:35", `is not what ../solutions/00-hello/main.go#greet says; write it with: go run`, 0},
	{"a changed constant", "solutions/00-hello/main.go", `"hello\n"`, `"hallo\n"`,
		"chapters/00-hello.md:26", `is not what ../solutions/00-hello/main.go#greeting says; write it with: go run`, 1},
	{"a changed import", hello, "\t\"os\"\n", "",
		"chapters/00-hello.md:15", `is not what ../solutions/00-hello/main.go#package says; write it with: go run`, 0},
	{"a fence without a directive", hello, "<!-- plain: who is where -->\n", "",
		"chapters/00-hello.md:71", `a fence without a directive: put <!-- KIND`, 0},
	{"an unknown directive", hello, "<!-- plain: who", "<!-- drawing: who",
		"chapters/00-hello.md:71",
		`unknown directive "drawing": it is one of author, change, code, console, diff, measured, plain, report, scenario, timeline, write, wrong`, 0},
	{"a directive away from its fence", hello, "where -->\n", "where -->\n\n",
		"chapters/00-hello.md:71", `no fence begins directly below this directive`, 1},
	{"a plain block without a reason", hello, "<!-- plain: who is where -->", "<!-- plain: -->",
		"chapters/00-hello.md:71", `the directive plain does not say what it shows`, 0},
	{"a second plain block", hello, "<!-- console: server -->\n```console", "<!-- plain: a session -->\n```text",
		"chapters/00-hello.md:114",
		`more than 1 plain block in this chapter: nothing checks them; use another directive`, 0},
	{"a fence of another language", hello, "-->\n```go\n// greet greets", "-->\n```text\n// greet greets",
		"chapters/00-hello.md:32", "the fence of code begins with ```go, not ```text", 0},
	{"a fence in a list", words, "", "\n- so:\n\n  ```text\n  x\n  ```\n",
		"chapters/words.md:7",
		`code that is indented, or in a list or a quote: make it a fence at the margin, with a directive above it`, 0},
	{"adjacent fences", hello, "Then `Accept` takes a client:\n\n", "",
		"chapters/00-hello.md:58", `two fences touch: say between them what the reader should see in the second`, 0},
	{"a missing file", hello, "main.go#package", "mian.go#package",
		"chapters/00-hello.md:5", `there is no solutions/00-hello/mian.go; did you mean main.go?`, 0},
	{"a missing name", hello, "main.go#greet -->", "main.go#greets -->",
		"chapters/00-hello.md:31",
		`there is no greets in solutions/00-hello/main.go; it declares greet, greeting, main, package`, 0},
	{"a part of nothing", hello, "conn, _ := ln.Accept()\n// ...\nout.Flush()", "// ...",
		"chapters/00-hello.md:95", `the block shows nothing of ../testdata/00-hello/wrong/no-newline/main.go#main`, 0},
	{"an ambiguous part", hello, accepting,
		strings.TrimSuffix(strings.TrimPrefix(accepting, "conn, err := ln.Accept()\n"), "greet(conn)\n"),
		"chapters/00-hello.md:60",
		`these lines occur 2 times in ../solutions/00-hello/main.go#main, first at lines 17 and 23: show a line more, so that only one place is meant`, 0},
	{"a part that is not dedented", hello, "conn, _ := ln.Accept()\n// ...\nout",
		"\tconn, _ := ln.Accept()\n\t// ...\n\tout",
		"chapters/00-hello.md:95", `every line is indented: take away the tabs that all of them have`, 0},
	{"a solution shown as wrong", hello, "<!-- code: ../solutions/00-hello/main.go#greeting",
		"<!-- wrong: ../solutions/00-hello/main.go#greeting",
		"chapters/00-hello.md:23",
		`wrong shows a program in testdata/UNIT/wrong/: for a solution the directive is code`, 1},
	{"a wrong program shown as right", hello, "<!-- wrong:", "<!-- code:",
		"chapters/00-hello.md:94",
		`code shows a program in solutions/ or testdata/UNIT/example/: for one that is meant to fail the directive is wrong`, 0},
	{"code by indentation", words, "", "\n    x\n",
		"chapters/words.md:5",
		`code that is indented, or in a list or a quote: make it a fence at the margin, with a directive above it`, 0},
	{"a misspelt name in a table", hello, "connects and reads |", "reads with `conn.Raed` |",
		"chapters/00-hello.md:80", "`conn.Raed`: net.Conn has no Raed; did you mean conn.Read?", 0},
	{"a command on what is not there", hello, "`greet`", "`go run ./solutoins/00-hello`",
		"chapters/00-hello.md:29", "there is no solutoins; did you mean solutions?", 0},
	{"a line too long", hello, "\tconn.Close()", "\tconn.Close() // " + strings.Repeat("far ", 20),
		"chapters/00-hello.md:36", `the line has 100 columns and may have 80: break it in the program`, 1},
	{"a changed difference", twice, "+\tfor range 2 {", "+\tfor range 3 {",
		"chapters/01-twice.md:58",
		`is not what ../solutions/00-hello/main.go ../solutions/01-twice/main.go says; write it with: go run`, 0},
	{"a changed scenario", "testdata/00-hello/01-greets.txtar", "dial A", "dial B",
		"chapters/00-hello.md:88", `is not what ../testdata/00-hello/01-greets.txtar says; write it with: go run`, 0},
	{"an alias shown", hello, "scenario: ../testdata/00-hello", "scenario: ../testdata/01-twice",
		"chapters/00-hello.md:84",
		`testdata/01-twice/01-greets.txtar stands for another scenario: show testdata/00-hello/01-greets.txtar`, 0},
	{"a wrong word in a report", hello, "  FAIL 01", "  PASS 01",
		"chapters/00-hello.md:106",
		`is not what ../testdata/00-hello/wrong/no-newline/report.txt says; write it with: go run`, 0},
	{"an unshown line", hello, "greet(conn)\n```", "```",
		"solutions/00-hello/main.go:27", `never shown in chapters/00-hello.md: add a block with this line`, 0},
	{"an unshown function", "solutions/00-hello/main.go", "", "\nfunc bye() {\n}\n",
		"solutions/00-hello/main.go:36",
		`never shown in chapters/00-hello.md, up to line 37: add a block with these lines`, 1},
	{"a misspelt function", hello, "`net.Listen`", "`net.Lisen`",
		"chapters/00-hello.md:42", "`net.Lisen`: package net has no Lisen; did you mean net.Listen?", 0},
	{"a misspelt method", hello, "`conn.Close`", "`conn.Clsoe`",
		"chapters/00-hello.md:29", "`conn.Clsoe`: net.Conn has no Clsoe; did you mean conn.Close?", 0},
	{"a misspelt member", hello, "`conn.Close`", "`net.TCPConn.Clsoe`",
		"chapters/00-hello.md:29", "`net.TCPConn.Clsoe`: net.TCPConn has no Clsoe; did you mean net.TCPConn.Close?", 0},
	{"an unknown scenario", twice, "`02-again`", "`02-agian`",
		"chapters/01-twice.md:22", "testdata/01-twice has no scenario `02-agian`; did you mean 02-again?", 1},
	{"a scenario that no chapter names", "testdata/01-twice/03-more.txtar", "", "# More.\nserve\n",
		"testdata/01-twice/03-more.txtar:1",
		"never named in chapters/01-twice.md: say in its table of scenarios what `03-more` does", 0},
	{"an unknown misconception", hello, "in testdata/00-hello/wrong/no-newline/",
		"in testdata/00-hello/wrong/no-newlines/",
		"chapters/00-hello.md:92", `there is no testdata/00-hello/wrong/no-newlines; did you mean no-newline?`, 0},
	{"a dead link", twice, "(words.md)", "(wards.md)",
		"chapters/01-twice.md:22", `a dead link: there is no chapters/wards.md; did you mean words.md?`, 0},
	{"a dead fragment", words, "#what-has-changed", "#what-changed",
		"chapters/words.md:3",
		`a dead fragment, #what-changed: no heading of chapters/01-twice.md has it; did you mean #what-has-changed?`, 0},
	{"a fragment of GitHub's alone", words, "", "\n## One ½\n\n[half](#one-)\n",
		"chapters/words.md:7",
		`a dead fragment, #one-: it exists on GitHub and not in mdBook: give the heading other words`, 0},
	{"a dead target of a scenario", "testdata/00-hello/01-greets.txtar", "#the-greeting", "#the-greetings",
		"testdata/00-hello/01-greets.txtar:7",
		`a dead fragment, #the-greetings: no heading of chapters/00-hello.md has it; did you mean #the-greeting?`, 0},
	{"a scenario that leads to no heading", "testdata/00-hello/01-greets.txtar", "#the-greeting", "",
		"testdata/00-hello/01-greets.txtar:7",
		`write the page and the heading, chapters/NN-slug.md#heading, and not "chapters/00-hello.md"`, 0},
	{"an image without a text", hello, "![A client is greeted", "![",
		"chapters/00-hello.md:123",
		`an image without a text: say in its brackets what it shows, for those who cannot see it`, 0},
	{"a picture without a file", hello, "(pictures/00-greets.svg)", "(pictures/00-greet.svg)",
		"chapters/00-hello.md:123",
		`chapters/pictures/00-greet.svg has not been drawn yet; draw it with: go run ./tools/course weave --fix`, 1},
	{"a picture that no page shows", "chapters/pictures/more.svg", "", "<svg/>\n",
		"chapters/pictures/more.svg:1",
		`an orphan: no page shows this picture; show it below its directive, or delete it`, 0},
	{"a picture without its directive", hello, "<!-- picture: 00-hello/01-greets -->\n", "",
		"chapters/00-hello.md:122",
		`an image that nothing checks: put <!-- picture: UNIT/SCENARIO --> directly above it`, 2},
	{"a picture without an image", hello, "![A client is greeted](pictures/00-greets.svg)", "A picture.",
		"chapters/00-hello.md:122",
		`no image stands directly below this directive: write ![what it shows](pictures/NAME.svg)`, 1},
	{"a picture that is no drawing", hello, "(pictures/00-greets.svg)", "(words.md)",
		"chapters/00-hello.md:122", `a picture is a file pictures/NAME.svg, and not words.md`, 1},
	{"a picture of an unknown scenario", hello, "picture: 00-hello/01-greets", "picture: 00-hello/01-greet",
		"chapters/00-hello.md:122", `testdata/00-hello has no scenario 01-greet; did you mean 01-greets?`, 1},
	{"a picture of an unknown program", hello, "picture: 00-hello/01-greets",
		"picture: 00-hello/01-greets of wrong/no-newlines",
		"chapters/00-hello.md:122", `there is no testdata/00-hello/wrong/no-newlines; did you mean no-newline?`, 1},
	{"a picture that says nothing", hello, "picture: 00-hello/01-greets", "picture: 01-greets",
		"chapters/00-hello.md:122", `write UNIT/SCENARIO, or UNIT/SCENARIO of wrong/NAME, and not "01-greets"`, 1},
	{"a picture without words", hello, "<!-- timeline: 00-hello/01-greets -->\n```text\n           A     server\n" +
		"       1   ├─────▶  connect\n       2   ◀─────┤  \"hello\\n\"                    6 bytes\n```\n", "",
		"chapters/00-hello.md:123", "nowhere does the page tell as text what this picture shows: put <!-- timeline: " +
			"00-hello/01-greets --> and an empty", 0},
	{"two pictures in one file", hello, "", "\n<!-- picture: 00-hello/01-greets of wrong/no-newline -->\n" +
		"![Another](pictures/00-greets.svg)\n\nText.\n\n<!-- timeline: 00-hello/01-greets of wrong/no-newline -->\n" +
		"```text\n```\n",
		"chapters/00-hello.md:135",
		`chapters/pictures/00-greets.svg is the picture of 00-hello/01-greets already: give this one another name`, 0},
	{"a timeline of another picture", hello, "timeline: 00-hello", "timeline: 01-twice",
		"chapters/00-hello.md:127",
		`no picture of this page shows "01-twice/01-greets": the two directives must say the same`, 1},
	{"a link out of the repository", words, "", "\n[away](../../away.md)\n",
		"chapters/words.md:5", `the link leaves the repository: ../../away.md`, 0},
	{"a link to nowhere in the repository", words, "", "\n[the server](../solutions/00-hallo/main.go)\n",
		"chapters/words.md:5", `a dead link: there is no solutions/00-hallo; did you mean 00-hello?`, 1},
	{"a term defined twice", twice, "", "\nA **Listener** again.\n",
		"chapters/01-twice.md:72",
		`"Listener" is in bold in chapters/00-hello.md:42 already, where it is defined: a term is defined once; link to that place instead`, 0},
	{"a term that is nowhere defined", hello, "**listener**", "listener",
		"chapters/glossary.md:7",
		`"listener" is met in a later chapter, and the last cell says "[chapter 00](00-hello.md#the-life-of-a-server)": write it with: go run ./tools/course weave --fix`, 0},
	{"a glossary that leads elsewhere", glossary, "#the-life-of-a-server", "#the-greeting",
		"chapters/glossary.md:7",
		`"listener" is met in [chapter 00](00-hello.md#the-life-of-a-server), and the last cell says`, 0},
	{"a glossary that leads to no heading", glossary, "#the-life-of-a-server", "#the-live-of-a-server",
		"chapters/glossary.md:7",
		`a dead fragment, #the-live-of-a-server: no heading of chapters/00-hello.md has it; did you mean #the-life-of-a-server?`, 1},
	{"a term that has been met", glossary, "| a later chapter |", "| |",
		"chapters/glossary.md:8", `"truncation" is met in a later chapter, and the last cell says ""`, 0},
	{"a term without a source", glossary, " (udp(7))", "",
		"chapters/glossary.md:8", `"truncation" has no source: name it in parentheses behind the definition`, 0},
	{"terms out of order", glossary, "| truncation", "| address",
		"chapters/glossary.md:8",
		`"address" stands after "listener": the terms are in the order of the alphabet, each once`, 0},
	{"a glossary without rows", glossary, "| term | definition, and its source | met in |",
		"| term | definition | met in |",
		"chapters/glossary.md:1",
		`the glossary has no row: its table begins with | term | definition, and its source | met in |`, 0},
	{"a term without a row", twice, "", "\nA **deadline** is a moment.\n",
		"chapters/01-twice.md:72",
		`"deadline" is in bold, as a term where it is defined, and chapters/glossary.md has no row for it: add | deadline | DEFINITION (SOURCE) | a later chapter |, or take the bold away`, 0},
	{"a page without a title", words, "# Words", "## Words",
		"chapters/words.md:1", `the page has no heading of the first level: the table of contents needs it`, 0},
	{"a stale title", words, "# Words", "# The words",
		"chapters/SUMMARY.md:6", `is stale; write it with: go run`, 0},
	{"an answer above the exercise", twice, "## The exercise\n",
		"<!-- code: ../solutions/01-twice/main.go#serve part -->\n```go\nconn, err := ln.Accept()\n```\n\n" +
			"## The exercise\n",
		"chapters/01-twice.md:21",
		"shows solutions/01-twice/main.go:28, which the learner is to write: show it below ## Our answer", 0},
	{"an answer in a difference above the exercise", twice, "## The exercise\n",
		"<!-- diff: ../solutions/00-hello/main.go ../solutions/01-twice/main.go -->\n```diff\n```\n\n## The exercise\n",
		"chapters/01-twice.md:20", "this difference is the answer: show it below ## Our answer", 1},
	{"an answer in an example", twice, "once/main.go#main part -->\n```go\nconn, _ := ln.Accept()\n" +
		"fmt.Fprintln(conn, \"hello\")\n```\n", "copy/main.go#main part -->\n```go\nconn, err := ln.Accept()\n" +
		"if err != nil {\n\tfmt.Fprintln(os.Stderr, \"hello:\", err)\n```\n",
		"chapters/01-twice.md:6", "3 lines in a row are those of the answer, from solutions/01-twice/main.go:28 on", 0},
	{"sections out of order", twice, "## The exercise\n", "## What we left out\n\n## The exercise\n",
		"chapters/01-twice.md:20",
		"## What we left out stands above ## Our answer: the order is The exercise, Our answer", 0},
	{"a chapter without an exercise", twice, "## The exercise\n", "## Exercise\n",
		"chapters/01-twice.md:1", "the chapter has no heading ## The exercise", 0},
	{"a question without an answer", twice, "<summary>Answer</summary>", "<summary>More</summary>",
		"chapters/01-twice.md:11", "a question without an answer: put <details>, <summary>Answer</summary>, an empty " +
			"line and the answer below it", 0},
	{"an answer that is not shown", twice,
		"<!-- diff: ../solutions/00-hello/main.go ../solutions/01-twice/main.go -->\n", "<!-- plain: nothing -->\n",
		"solutions/01-twice/main.go:25",
		"never shown in chapters/01-twice.md, up to line 35: add a block with these lines", 1},
	{"a long chapter", twice, "", strings.Repeat("\nMore.\n", 400),
		"chapters/01-twice.md:870",
		"the chapter has 870 lines, without the code of the answer, and may have 800", 0},
	{"a sketch that is not there", words, "", "\n<!-- sketch: an idea -->\n![An idea](pictures/idea.svg)\n",
		"chapters/words.md:6", "there is no chapters/pictures/idea.svg", 1},
	{"a sketch without words", twice, "", "\n<!-- sketch: again -->\n![Again](pictures/00-greets.svg)\n",
		"chapters/pictures/00-greets.svg:1",
		"the sketch needs a <title> and a <desc>, which say in words what it draws", 0},
	{"a first page without a unit", "chapters/introduction.md", "", "# First\n\n### Part I: One\n\n| unit | |\n" +
		"|---|---|\n| [00-hello](00-hello.md) | |\n",
		"chapters/introduction.md:1", "the table of units has no row for 01-twice: | [01-twice](01-twice.md) | ...", 2},
	{"an orphan page", "chapters/more.md", "", "# More\n",
		"chapters/more.md:1", `an orphan: chapters/SUMMARY.md does not lead here; write it with: go run`, 1},
	{"a page below the pages", "chapters/more/more.md", "", "# More\n",
		"chapters/more/more.md:1",
		`an orphan: pages stand in chapters/ itself, where the table of contents finds them`, 0},
}

func TestSeeded(t *testing.T) {
	for _, s := range seeded {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			root := copyTiny(t)
			change(t, root, s.file, s.old, s.new)
			var found bool
			ps := Check(root)
			for _, p := range ps {
				t.Log(p)
				found = found || s.at != "" && strings.HasPrefix(p.String(), s.at+": ") &&
					strings.Contains(p.Text, s.words)
			}
			if !found {
				t.Errorf("want %s: ... %s", s.at, s.words)
			}
			if len(ps) != 1+s.others {
				t.Errorf("%d problems, want %d", len(ps), 1+s.others)
			}
		})
	}
}
