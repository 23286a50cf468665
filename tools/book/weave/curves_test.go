package weave

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const figures = "server,offered,p50,p99,p99_least,p99_greatest\nhello,50,0.03,0.09,0.08,0.1\nhello,100,1,9,8,10\n"

// curved makes a book of one page with one curve, and draws it.
func curved(t *testing.T) (root string) {
	t.Helper()
	root = t.TempDir()
	for file, text := range map[string]string{
		"chapters/words.md":     "# Words\n\n<!-- curve: ../testdata/f.csv -->\n![What it costs](pictures/f.svg)\n",
		"chapters/pictures/f.x": "",
		"testdata/f.csv":        figures,
	} {
		name := filepath.Join(root, file)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	os.Remove(filepath.Join(root, "chapters/pictures/f.x"))
	if _, err := Fix(root); err != nil {
		t.Fatal(err)
	}
	return root
}

// aboutCurves returns the problems that are about curves: the book has others.
func aboutCurves(root string) (ps []string) {
	for _, p := range Check(root) {
		if s := p.String(); strings.Contains(s, "f.svg") || strings.Contains(s, "f.csv") ||
			strings.Contains(s, "image") {
			ps = append(ps, s)
		}
	}
	return ps
}

func TestCurve(t *testing.T) {
	root := curved(t)
	if ps := aboutCurves(root); len(ps) > 0 {
		t.Errorf("drawn, and still: %q", ps)
	}
	if changed, err := Fix(root); err != nil || len(changed) > 0 {
		t.Errorf("Fix again = %v, %v; want nothing", changed, err)
	}
}

// Each of these changes makes the picture wrong.
func TestCurveSeeded(t *testing.T) {
	for _, c := range []struct{ name, file, old, new, want string }{
		{"other figures", "testdata/f.csv", "0.03", "0.02",
			"chapters/words.md:4: stale: chapters/pictures/f.svg is not what ../testdata/f.csv gives: draw it again"},
		{"another text", "chapters/words.md", "What it costs", "What it is", "chapters/words.md:4: stale: "},
		{"drawn by hand", "chapters/pictures/f.svg", "hello", "hallo", "chapters/words.md:4: stale: "},
		{"no such figures", "chapters/words.md", "f.csv", "g.csv", "chapters/words.md:3: there is no testdata/g.csv"},
		{"no figures", "testdata/f.csv", figures, "server\n", "f.csv: there is no column"},
		{"no picture", "chapters/words.md", "f.svg", "g.svg",
			"chapters/words.md:4: chapters/pictures/g.svg has not been drawn yet; draw it with: "},
		{"no image", "chapters/words.md", "![", "\n![", "chapters/words.md:3: no image stands directly below"},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := curved(t)
			file := filepath.Join(root, c.file)
			text, err := os.ReadFile(file)
			if err != nil || !strings.Contains(string(text), c.old) {
				t.Fatal("the error was not put in", err)
			}
			os.WriteFile(file, []byte(strings.ReplaceAll(string(text), c.old, c.new)), 0o644)
			var all []string
			for _, p := range Check(root) {
				all = append(all, p.String())
			}
			if text := strings.Join(all, "\n"); !strings.Contains(text, c.want) {
				t.Errorf("no %q in\n%s", c.want, text)
			}
		})
	}
}
