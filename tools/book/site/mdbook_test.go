package site

import (
	"html"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// version is the mdBook that the book is built with; .ci/run installs it.
const version = "mdbook v0.5.2"

// mdbook finds the program, also where cargo puts it.
func mdbook(t *testing.T) string {
	t.Helper()
	name, err := exec.LookPath("mdbook")
	if err != nil {
		home, _ := os.UserHomeDir()
		name = filepath.Join(home, ".cargo", "bin", "mdbook")
	}
	out, err := exec.Command(name, "--version").Output()
	if err != nil {
		lacking(t, "there is no mdbook: cargo install mdbook --locked --version "+
			strings.TrimPrefix(version, "mdbook v"))
	}
	if got := strings.TrimSpace(string(out)); got != version {
		lacking(t, "the book is built with "+version+", and this is "+got)
	}
	return name
}

// lacking skips a test loudly, and fails it where everything must be there.
func lacking(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(what + "; provide it where CI runs")
	}
	t.Skip("SKIPPED: " + what)
}

var (
	reference = regexp.MustCompile(`\s(?:href|src)="([^"]*)"`)
	anchor    = regexp.MustCompile(`\sid="([^"]*)"`)
)

// TestSite builds the site as it will be published. MdBook has nothing to warn
// of, and every link on every page leads to a file, and to a place in it.
func TestSite(t *testing.T) {
	book := mdbook(t)
	out := t.TempDir()
	cmd := exec.CommandContext(t.Context(), book, "build", "--dest-dir", out)
	cmd.Dir = root
	log, err := cmd.CombinedOutput()
	if err != nil || strings.Contains(string(log), "WARN") || strings.Contains(string(log), "ERROR") {
		t.Fatalf("mdbook build: %v\n%s", err, log)
	}
	pages := map[string]string{}
	err = filepath.WalkDir(out, func(name string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".html" {
			return err
		}
		text, err := os.ReadFile(name)
		rel, _ := filepath.Rel(out, name)
		pages[filepath.ToSlash(rel)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"index.html", "00-setup.html", "glossary.html",
		"files/solutions/00-setup/main.go.html"} {
		if pages[want] == "" {
			t.Errorf("the site has no %s", want)
		}
	}
	ids := map[string]map[string]bool{}
	for name, text := range pages {
		ids[name] = map[string]bool{}
		for _, m := range anchor.FindAllStringSubmatch(text, -1) {
			ids[name][html.UnescapeString(m[1])] = true
		}
	}
	for name, text := range pages {
		if name == "404.html" { // its links are for the root of a server
			continue
		}
		for _, m := range reference.FindAllStringSubmatch(text, -1) {
			checkReference(t, out, name, html.UnescapeString(m[1]), ids)
		}
	}
}

func checkReference(t *testing.T, out, page, ref string, ids map[string]map[string]bool) {
	t.Helper()
	u, err := url.Parse(ref)
	if err != nil {
		t.Errorf("%s: %s: %v", page, ref, err)
		return
	}
	if u.Scheme != "" || u.Host != "" {
		return
	}
	to := page
	if u.Path != "" {
		to = filepath.ToSlash(filepath.Join(filepath.Dir(page), u.Path))
	}
	if _, err := os.Stat(filepath.Join(out, filepath.FromSlash(to))); err != nil {
		t.Errorf("%s: %s leads to no file", page, ref)
		return
	}
	if have, isPage := ids[to]; isPage && u.Fragment != "" && !have[u.Fragment] {
		t.Errorf("%s: %s: %s has no such place", page, ref, to)
	}
}
