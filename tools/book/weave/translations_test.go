package weave

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const german = "chapters/de/00-hello.md"

// translated is the tiny course with a page in German, which ends before its original does.
func translated(t *testing.T) (root string) {
	t.Helper()
	root = copyTiny(t)
	data, err := os.ReadFile("testdata/german/00-hello.md")
	if err != nil {
		t.Fatal(err)
	}
	change(t, root, german, "", string(data))
	if _, err := Fix(root); err != nil {
		t.Fatal(err)
	}
	return root
}

// TestTranslations: each way in which a translation is not its original is found.
func TestTranslations(t *testing.T) {
	for _, s := range []struct {
		name, file, old, new, at, words string
		others                          int
	}{
		{"as it is", words, "", "\nMore.\n", "", "", 0},
		{"a translation with another block", german, "const greeting", "const gruss",
			"chapters/de/00-hello.md:26", "is not the block of the original; write it with: go run", 0},
		{"a translation without a block", german, "<!-- code: ../solutions/00-hello/main.go#package -->\n", "",
			"chapters/de/00-hello.md:7",
			"a block without a directive, and at this place the original has code: ", 0},
		{"a translation without a heading", german, "## Der Gruß", "Der Gruß",
			"chapters/de/00-hello.md:26", "and at this place the original has ## (chapters/00-hello.md:19)", 0},
		{"a translation of nothing", "chapters/de/more.md", "", "# Mehr\n",
			"chapters/de/more.md:1", "a translation of no page: there is no chapters/more.md", 1},
		{"a translation that says nothing of its age", german, "<!-- translates: ", "<!-- of: ",
			"chapters/de/00-hello.md:1", "the first line must be <!-- translates: ", 0},
		{"an original that has changed", hello, "Its file begins", "The file begins",
			"chapters/de/00-hello.md:1", "its original has changed; let the page say so", 0},
		{"a translation that is up to date and does not say so", german, "# Hallo: ein Server\n",
			"# Hallo: ein Server\n\n> [The original](../00-hello.md) has changed since this was translated.\n",
			"chapters/de/00-hello.md:1", "and is up to date; take the line away with: ", 0},
		{"a dead link in a translation", german, "(../01-twice.md)", "(../01-thrice.md)",
			"chapters/de/00-hello.md:31", "there is no chapters/01-thrice.md", 0},
	} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			root := translated(t)
			change(t, root, s.file, s.old, s.new)
			ps := Check(root)
			found := s.at == ""
			for _, p := range ps {
				t.Log(p)
				found = found || strings.HasPrefix(p.String(), s.at+": ") && strings.Contains(p.Text, s.words)
			}
			if want := 1 + s.others; !found || s.at != "" && len(ps) != want || s.at == "" && len(ps) > 0 {
				t.Errorf("%d problems; want %s: ... %s", len(ps), s.at, s.words)
			}
		})
	}
}

// TestFixTranslations: when code and text of the original change, the translation gets the
// code, and says of itself that it is older.
func TestFixTranslations(t *testing.T) {
	root := translated(t)
	change(t, root, "solutions/00-hello/main.go", `const greeting`, `const hello`)
	change(t, root, "solutions/00-hello/main.go", `conn, greeting`, `conn, hello`)
	change(t, root, "solutions/00-hello/main.go", `// greeting is`, `// hello is`)
	change(t, root, "chapters/00-hello.md", "main.go#greeting", "main.go#hello")
	change(t, root, german, "main.go#greeting", "main.go#hello")
	if _, err := Fix(root); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, german))
	if err != nil || !strings.Contains(string(text), "const hello") ||
		!strings.Contains(string(text), "> [The original](../00-hello.md) has changed") {
		t.Errorf("%v: %s", err, text)
	}
	for _, p := range Check(root) {
		if strings.HasPrefix(p.File, "chapters/de/") {
			t.Error(p)
		}
	}
}

// TestFixTakesBack: when the original is again what was translated, the page is again what it
// was, too.
func TestFixTakesBack(t *testing.T) {
	root := translated(t)
	read := func() string {
		text, err := os.ReadFile(filepath.Join(root, german))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	before := read()
	const word = "> [The original](../00-hello.md) has changed"
	for _, s := range []struct {
		old, new string
		says     bool
	}{{"Its file begins", "The file begins", true}, {"The file begins", "Its file begins", false}} {
		change(t, root, hello, s.old, s.new)
		if _, err := Fix(root); err != nil {
			t.Fatal(err)
		}
		if text := read(); strings.Contains(text, word) != s.says || !s.says && text != before {
			t.Errorf("with %q:\n%s", s.new, text)
		}
	}
}
