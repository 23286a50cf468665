package site

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// demo is a book with all kinds of entries, in mdBook's form.
const demo = `[{}, {"items": [
	{"Chapter": {"name": "First", "path": "introduction.md", "sub_items": [], "content":
		"# First\n\n### Part I: One & two\n\n| [01-a](01-a.md) | x | 3 |\n| [02-b](02-b.md) | y | ½ |\n"}},
	{"PartTitle": "Part I: One & two"},
	{"Chapter": {"name": "A", "path": "01-a.md", "sub_items": [], "content": "# A\n\nText.\n"}},
	"Separator",
	{"Chapter": {"name": "Planned", "path": null, "sub_items": [], "content": ""}},
	{"Chapter": {"name": "B <b>", "path": "02-b.md", "sub_items": [], "content":
		"# B\n\ntestdata/00-setup/01-greeting.txtar\n"}},
	{"Chapter": {"name": "Words", "path": "words.md", "sub_items": [], "content": "# Words\n"}}]}]`

// A chapter says where it is in the course, how long it takes and what is beside it.
func TestOutline(t *testing.T) {
	var out bytes.Buffer
	if err := Preprocess(root, strings.NewReader(demo), &out); err != nil {
		t.Fatal(err)
	}
	var book any
	if err := json.Unmarshal(out.Bytes(), &book); err != nil {
		t.Fatal(err)
	}
	pages := map[string]string{}
	collect(book, pages)
	const label = "<nav class=\"neighbours\" aria-label=\"The chapters beside this one\">\n"
	for path, want := range map[string]string{
		"01-a.md": "<p class=\"place\">Part I: One &amp; two · about 3 hours</p>\n\n# 01 A\n\nText.\n\n" + label +
			"<a rel=\"prev\" href=\"introduction.md\"><span>Previous</span> First</a>\n" +
			"<a rel=\"next\" href=\"02-b.md\"><span>Next</span> 02 B &lt;b&gt;</a>\n</nav>\n",
		"words.md": "# Words\n\n" + label +
			"<a rel=\"prev\" href=\"02-b.md\"><span>Previous</span> 02 B &lt;b&gt;</a>\n</nav>\n",
	} {
		if pages[path] != want {
			t.Errorf("%s: got\n%s\nwant\n%s", path, pages[path], want)
		}
	}
	if !strings.Contains(pages["02-b.md"], "about half an hour") {
		t.Errorf("half an hour: %s", pages["02-b.md"])
	}
	if !strings.Contains(out.String(), `"name":"01 A"`) {
		t.Errorf("the chapter's name has no number: %s", out.String())
	}
	if text := pages["files/testdata/00-setup/01-greeting.txtar.md"]; !strings.Contains(text, "[02 B <b>](") {
		t.Errorf("the page of a file calls the chapter otherwise: %s", text)
	}
}

// What gives an exercise away is folded, and a hint holds the next one.
func TestFolded(t *testing.T) {
	for file, want := range map[string]bool{
		"solutions/01-dial/main.go": true, "testdata/01-dial/right/x/main.go": true,
		"testdata/01-dial/wrong/x/main.go": false, "exercises/01-dial/main.go": false,
	} {
		text := shown(file, "package main\n")
		got := strings.HasPrefix(text, "<details>\n")
		if got != want || !strings.Contains(text, "```go\npackage main\n```\n") {
			t.Errorf("%s: folded is %v, want %v:\n%s", file, got, want, text)
		}
	}
	got := shown("testdata/01-dial/01-x.txtar", "# Rule.\ndial A\n-- file --\nx\n-- cause silence --\n"+
		"Because.\n-- hint --\na < b\n-- hint --\nc\n-- read --\nchapters/x.md\n")
	want := "<pre><code class=\"language-text rows\"># Rule.\ndial A\n-- file --\nx\n</code></pre>\n\n" +
		"<details>\n<summary><code>cause silence</code></summary>\n<p>Because.</p>\n</details>\n\n" +
		"<details>\n<summary><code>hint</code></summary>\n<p>a &lt; b</p>\n" +
		"<details>\n<summary>one step further, 2 of 2</summary>\n<p>c</p>\n</details>\n</details>\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
