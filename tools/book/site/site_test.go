package site

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../../.."

// process runs the preprocessor over chapters, by path, and returns the pages
// of the book that comes out, by path. List is what mdBook calls the chapters.
func process(t *testing.T, list, repository string, chapters map[string]string) map[string]string {
	t.Helper()
	var items []any
	for p, text := range chapters {
		items = append(items, map[string]any{"Chapter": map[string]any{"name": "Name of " + p, "path": p,
			"content": text, "sub_items": []any{}, "later": 7}})
	}
	items = append(items, "Separator", map[string]any{"PartTitle": "kept"})
	ours := map[string]any{"loopback": map[string]any{"repository": repository}}
	context := map[string]any{"config": map[string]any{"preprocessor": ours}}
	in, _ := json.Marshal([]any{context, map[string]any{list: items, "kept": "as it is"}})
	var out bytes.Buffer
	if err := Preprocess(root, bytes.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), `"kept":"as it is"`) ||
		!strings.Contains(out.String(), `{"PartTitle":"kept"}`) || !strings.Contains(out.String(), `"later":7`) {
		t.Errorf("what the preprocessor does not know is gone: %s", out.String())
	}
	var book any
	if err := json.Unmarshal(out.Bytes(), &book); err != nil {
		t.Fatal(err)
	}
	pages := map[string]string{}
	collect(book, pages)
	return pages
}

func collect(v any, pages map[string]string) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			collect(e, pages)
		}
	case map[string]any:
		if c, ok := v["Chapter"].(map[string]any); ok {
			path, _ := c["path"].(string) // one that is planned has none
			pages[path] = c["content"].(string)
		}
		for _, e := range v {
			collect(e, pages)
		}
	}
}

var rewritten = []struct{ name, in, want, repository string }{
	{"a link to a file", "See [the server](../solutions/04-goroutine-per-client/main.go).",
		"See [the server](files/solutions/04-goroutine-per-client/main.go.md).", ""},
	{"a link to a folder", "See [`it`](../solutions/04-goroutine-per-client).",
		"See [`it`](files/solutions/04-goroutine-per-client/main.go.md).", ""},
	{"a link over two lines", "See [the\nserver](../solutions/04-goroutine-per-client/main.go).",
		"See [the\nserver](files/solutions/04-goroutine-per-client/main.go.md).", ""},
	{"a link to a folder without a program", "See [the units](../solutions) here.", "See the units here.", ""},
	{"a link with a line", "[line](../solutions/01-dial/main.go#L7)", "[line](files/solutions/01-dial/main.go.md)", ""},
	{"a name in the prose", "In solutions/01-dial/main.go it is.",
		"In [solutions/01-dial/main.go](files/solutions/01-dial/main.go.md) it is.", ""},
	{"a name at the end of a sentence", "From testdata/00-setup/01-greeting.txtar:",
		"From [testdata/00-setup/01-greeting.txtar](files/testdata/00-setup/01-greeting.txtar.md):", ""},
	{"a folder in the prose", "A file in testdata/ or exercises/01-dial.",
		"A file in testdata/ or exercises/01-dial.", ""},
	{"a chapter in the prose", "Read chapters/01-dial.md first.", "Read [chapters/01-dial.md](01-dial.md) first.", ""},
	{"a file that is not there", "solutions/99-none/main.go", "solutions/99-none/main.go", ""},
	{"part of a longer name", "loopback/solutions/01-dial/main.go, ./solutions/01-dial/main.go",
		"loopback/solutions/01-dial/main.go, ./solutions/01-dial/main.go", ""},
	{"code", "Run `go run ./solutions/01-dial` or `cat solutions/01-dial/main.go`.",
		"Run `go run ./solutions/01-dial` or `cat solutions/01-dial/main.go`.", ""},
	{"links of the book", "[next](01-dial.md#x) [out](https://go.dev/ref/mem) [here](#y)",
		"[next](01-dial.md#x) [out](https://go.dev/ref/mem) [here](#y)", ""},
	{"a picture", "![solutions/01-dial/main.go](pictures/x.svg)", "![solutions/01-dial/main.go](pictures/x.svg)", ""},
	{"a directive", "<!-- code: ../solutions/01-dial/main.go#ask -->\n```go\nx\n```\n", "```go\nx\n```\n", ""},
	{"another comment", "<!-- for authors -->\n", "<!-- for authors -->\n", ""},
	{"a fence", "```go\n<!-- code: x -->\nsolutions/01-dial/main.go\n``\n```\n",
		"```go\n<!-- code: x -->\nsolutions/01-dial/main.go\n``\n```\n", ""},
	{"a fence in a fence", "````go\n```\nsolutions/01-dial/main.go\n````\n",
		"````go\n```\nsolutions/01-dial/main.go\n````\n", ""},
	{"a fence that is never closed", "```text\na\n", "```text\na\n", ""},
	{"an empty block of text", "```text\n```\n", "<pre><code class=\"language-text rows\"></code></pre>\n", ""},
	{"a timeline", "<!-- report: ../x -->\n```text\n  1.0   ├──▶  \"<\" 3. ─\n\nsolutions/01-dial/main.go\n" +
		"  in\n```\n",
		`<pre><code class="language-text rows"><span class="row"><span class="drawing">  1.0   ├──▶  </span>` +
			`<span class="words">&#34;&lt;&#34; 3. ─` + "\n</span></span>\nsolutions/01-dial/main.go\n" +
			`<span class="row"><span class="drawing">  </span><span class="words">in` +
			"\n</span></span></code></pre>\n", ""},
	{"a sketch of letters", "<!-- plain: who -->\n```text\n  a -> b\n```\n", "```text\n  a -> b\n```\n", ""},
	{"our answer", "## Our answer\n\nIt is\n\n```go\n## x\n```\n\n## Next\n\nMore.\n",
		"## Our answer\n\n<details class=\"answer\">\n<summary>Show our answer. Write yours first.</summary>\n\n" +
			"\nIt is\n\n```go\n## x\n```\n\n</details>\n\n## Next\n\nMore.\n", ""},
	{"our answer at the end", "## Our answer\nIt.\n",
		"## Our answer\n\n<details class=\"answer\">\n<summary>Show our answer. Write yours first.</summary>\n\n" +
			"It.\n\n</details>\n", ""},
	{"a repository", "[it](../solutions/01-dial) and solutions/01-dial/main.go",
		"[it](https://example.org/r/solutions/01-dial) and " +
			"[solutions/01-dial/main.go](https://example.org/r/solutions/01-dial/main.go)", "https://example.org/r/"},
}

func TestRewrite(t *testing.T) {
	for _, c := range rewritten {
		t.Run(c.name, func(t *testing.T) {
			for _, list := range []string{"items", "sections"} {
				pages := process(t, list, c.repository, map[string]string{"02-page.md": c.in})
				if got := pages["02-page.md"]; got != c.want {
					t.Errorf("got  %q\nwant %q", got, c.want)
				}
				if c.repository != "" && len(pages) > 1 {
					t.Errorf("%d pages although the repository shows its files", len(pages))
				}
			}
		})
	}
}

// A page lower down finds its way up again.
func TestDeeperPage(t *testing.T) {
	pages := process(t, "items", "", map[string]string{"more/page.md": "[it](../../solutions/01-dial/main.go)"})
	if got, want := pages["more/page.md"], "[it](../files/solutions/01-dial/main.go.md)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The page of a file is the file, and leads back.
func TestFilePage(t *testing.T) {
	pages := process(t, "items", "",
		map[string]string{"a.md": "solutions/01-dial/main.go", "b.md": "[it](../solutions/01-dial)"})
	text := pages["files/solutions/01-dial/main.go.md"]
	source, err := os.ReadFile(filepath.Join(root, "solutions/01-dial/main.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# solutions/01-dial/main.go\n", "[Name of a.md](../../../a.md)",
		"[Name of b.md](../../../b.md)", "```go\n" + string(source) + "```\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not hold %q:\n%s", want, text)
		}
	}
	if strings.Count(text, "Name of a.md") != 1 {
		t.Errorf("a chapter is named twice:\n%s", text)
	}
}

// longFence is a block that holds blocks of its own.
var longFence = regexp.MustCompile("(?s)\n````[a-z]*\n.*?\n````\n")

// diffFence is a block in which links are only shown.
var diffFence = regexp.MustCompile("(?s)\n```diff\n.*?\n```\n")

// TestBook prepares the whole book: every relative link of it leads to a page
// or a picture, and no directive is left.
func TestBook(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, "chapters", "*.md"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no chapters: %v", err)
	}
	chapters := map[string]string{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if name := filepath.Base(f); name != "SUMMARY.md" {
			chapters[name] = string(text)
		}
	}
	pages := process(t, "items", "", chapters)
	dest := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	for name, text := range pages {
		for _, block := range []*regexp.Regexp{longFence, diffFence} { // pages that are shown in a page
			text = block.ReplaceAllString(text, "\n")
		}
		if strings.HasPrefix(name, "files/") && name != "files/index.md" {
			text, _, _ = strings.Cut(text, "```")
		}
		for _, m := range dest.FindAllStringSubmatch(text, -1) {
			to, _, _ := strings.Cut(m[1], "#")
			if to == "" || strings.Contains(to, ":") {
				continue
			}
			to = path.Join(path.Dir(name), to)
			_, isPage := pages[to]
			_, err := os.Stat(filepath.Join(root, "chapters", to))
			if !isPage && (err != nil || path.Ext(to) == ".md") {
				t.Errorf("%s: %s leads nowhere", name, m[0])
			}
		}
		if i := strings.Index(text, "<!-- "); i >= 0 && !strings.HasPrefix(name, "files/") &&
			directive.MatchString(strings.SplitAfterN(text[i:], "\n", 2)[0]) {
			t.Errorf("%s: a directive is left: %.60s", name, text[i:])
		}
	}
	if len(pages) <= len(chapters)+1 {
		t.Error("the book shows no file of the course")
	}
}

func TestNotABook(t *testing.T) {
	for _, in := range []string{"", "{}", "[1]", "[1,2]", `[{},{"items":1}]x`} {
		var out bytes.Buffer
		err := Preprocess(root, strings.NewReader(in), &out)
		if err == nil && in != `[{},{"items":1}]x` {
			t.Errorf("%q passes for a book: %s", in, out.String())
		}
	}
	other := `[{},{"chapters":[{"Chapter":{"name":"n","path":"a.md","content":"solutions/01-dial/main.go"}}]}]`
	if err := Preprocess(root, strings.NewReader(other), new(bytes.Buffer)); err == nil ||
		!strings.Contains(err.Error(), "another version of mdBook") {
		t.Errorf("a book without items: %v", err)
	}
}

func TestSupports(t *testing.T) {
	for renderer, want := range map[string]bool{"html": true, "markdown": false, "epub": false} {
		if Supports(renderer) != want {
			t.Error(fmt.Sprint(renderer, " is not ", want))
		}
	}
}
