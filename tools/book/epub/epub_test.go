package epub

import (
	"archive/zip"
	"html"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../../.."

// lacking skips a test loudly, and fails it where everything must be there.
func lacking(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(what + "; provide it where CI runs")
	}
	t.Skip("SKIPPED: " + what)
}

// TestBook: the book is made, epubcheck has nothing to say of it, it has every chapter of
// the summary, and the links between them lead to a place in the book.
func TestBook(t *testing.T) {
	pandoc, err := exec.LookPath("pandoc")
	if err != nil {
		lacking(t, "there is no pandoc: apt-get install pandoc")
	}
	book := filepath.Join(t.TempDir(), "book.epub")
	cmd := exec.CommandContext(t.Context(), pandoc, "--defaults", "tools/book/epub/book.yaml", "--output", book)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(out), "WARNING") {
		t.Fatalf("pandoc: %v\n%s", err, out)
	}
	pages := read(t, book)
	checkChapters(t, pages)
	checkLinks(t, pages)
	const jar = "/usr/share/java/epubcheck.jar" // where Debian has it
	if _, err := os.Stat(jar); err != nil {
		lacking(t, "there is no epubcheck: apt-get install epubcheck")
	}
	check := exec.CommandContext(t.Context(), "java", "-jar", jar, "--failonwarnings", book)
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("epubcheck: %v\n%s", err, out)
	}
}

// read returns the pages of a book, by their paths in it.
func read(t *testing.T, book string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(book)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	pages := map[string]string{}
	for _, f := range z.File {
		if path.Ext(f.Name) != ".xhtml" {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		pages[f.Name] = string(text)
	}
	return pages
}

var (
	listed  = regexp.MustCompile(`\[[^\]]+\]\(([^)/]+)\.md\)`)
	anchor  = regexp.MustCompile(`\sid="([^"]*)"`)
	linked  = regexp.MustCompile(`\shref="([^"]*)"`)
	comment = regexp.MustCompile(`<!--.*-->`)
)

// checkChapters looks for each chapter by the name of its heading.
func checkChapters(t *testing.T, pages map[string]string) {
	t.Helper()
	summary, err := os.ReadFile(filepath.Join(root, "chapters", "SUMMARY.md"))
	if err != nil {
		t.Fatal(err)
	}
	chapters := listed.FindAllStringSubmatch(string(summary), -1)
	if len(chapters) < 20 {
		t.Fatalf("the summary lists %d chapters only", len(chapters))
	}
	for _, m := range chapters {
		found := 0
		for _, text := range pages {
			found += strings.Count(text, ` id="`+m[1]+`"`)
		}
		if found != 1 {
			t.Errorf("%s is in the book %d times", m[1], found)
		}
	}
}

func checkLinks(t *testing.T, pages map[string]string) {
	t.Helper()
	ids := map[string]bool{}
	for name, text := range pages {
		for _, m := range anchor.FindAllStringSubmatch(text, -1) {
			ids[name+"#"+html.UnescapeString(m[1])] = true
		}
		if c := comment.FindString(text); c != "" && name != "EPUB/nav.xhtml" {
			t.Errorf("%s: %s", name, c)
		}
	}
	inside := 0
	for name, text := range pages {
		for _, m := range linked.FindAllStringSubmatch(text, -1) {
			to, place, ok := strings.Cut(html.UnescapeString(m[1]), "#")
			if strings.Contains(to, ":") || path.Ext(to) == ".css" {
				continue
			}
			inside++
			file := name
			if to != "" {
				file = path.Join(path.Dir(name), to)
			}
			if pages[file] == "" || ok && !ids[file+"#"+place] {
				t.Errorf("%s: %s leads to no place", name, m[1])
			}
		}
	}
	if inside < 200 {
		t.Errorf("there are %d links inside the book only", inside)
	}
}
