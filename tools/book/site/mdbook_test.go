package site

import (
	"html"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
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
	baseHref  = regexp.MustCompile(`<base href="([^"]*)"`)
	anchor    = regexp.MustCompile(`\sid="([^"]*)"`)
)

// TestSite builds the site as it will be published. MdBook has nothing to warn
// of, and every link on every page leads to a file, and to a place in it.
func TestSite(t *testing.T) {
	book := mdbook(t)
	out := t.TempDir()
	cmd := exec.CommandContext(t.Context(), book, "build", "--dest-dir", out)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "MDBOOK_OUTPUT__HTML__SITE_URL="+below)
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
	checkMissing(t, out)
	for name, text := range pages {
		if name == "404.html" { // its links are for one place on a server
			continue
		}
		for _, m := range reference.FindAllStringSubmatch(text, -1) {
			checkReference(t, out, name, html.UnescapeString(m[1]), ids)
		}
	}
}

var (
	variable   = regexp.MustCompile(`(?m)^ +(MDBOOK_[A-Z_]+): "?(.*?)"?$`)
	expression = regexp.MustCompile(`\$\{\{ *([a-z_.]+) *\}\}`)
)

// TestPublished builds the site with the variables that the workflow sets where it
// publishes it: links lead to the repository, and to the book as a file.
func TestPublished(t *testing.T) {
	workflow, err := os.ReadFile(filepath.Join(root, ".github", "workflows", "test.yml"))
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{"github.server_url": "https://example.org", "github.repository": "owner/name",
		"steps.pages.outputs.base_path": "/name"}
	out := t.TempDir()
	cmd := exec.CommandContext(t.Context(), mdbook(t), "build", "--dest-dir", out)
	cmd.Dir, cmd.Env = root, os.Environ()
	for _, m := range variable.FindAllStringSubmatch(string(workflow), -1) {
		cmd.Env = append(cmd.Env, m[1]+"="+expression.ReplaceAllStringFunc(m[2], func(e string) string {
			return values[expression.FindStringSubmatch(e)[1]]
		}))
	}
	log, err := cmd.CombinedOutput()
	if err != nil || strings.Contains(string(log), "WARN") || strings.Contains(string(log), "ERROR") {
		t.Fatalf("mdbook build: %v\n%s", err, log)
	}
	for page, want := range map[string]string{
		"introduction.html": `<a href="book.epub">`,
		"01-dial.html":      `"https://example.org/owner/name/edit/main/chapters/01-dial.md"`,
		"02-echo-once.html": `"https://example.org/owner/name/blob/main/testdata/02-echo-once/`,
		"404.html":          `<base href="/name/">`,
	} {
		if text, err := os.ReadFile(filepath.Join(out, page)); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s has no %s (%v)", page, want, err)
		}
	}
}

// below is where the site is served in the test of its page for what is not there.
const below = "/some/path/"

// checkMissing serves a built site below a path, asks for a page that is not there,
// and for all that the answer's page names, as a browser would.
func checkMissing(t *testing.T, out string) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(out, "404.html"))
	if err != nil {
		t.Fatal(err)
	}
	files := http.StripPrefix(below, http.FileServer(http.Dir(out)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inside, ok := strings.CutPrefix(r.URL.Path, below)
		if _, err := os.Stat(filepath.Join(out, filepath.FromSlash(inside))); !ok || err != nil {
			w.WriteHeader(http.StatusNotFound)
			w.Write(page)
			return
		}
		files.ServeHTTP(w, r)
	}))
	defer server.Close()
	missing := server.URL + below + "files/no/such/page.html"
	if status, got := get(t, missing); status != http.StatusNotFound || !strings.Contains(got, "<main>") {
		t.Fatalf("%s: %d\n%s", missing, status, got)
	}
	base, err := url.Parse(missing)
	if err != nil {
		t.Fatal(err)
	}
	if m := baseHref.FindSubmatch(page); m != nil {
		if base, err = base.Parse(string(m[1])); err != nil {
			t.Fatal(err)
		}
	}
	named := reference.FindAllSubmatch(page, -1)
	if len(named) < 10 {
		t.Errorf("the page names %d files only", len(named))
	}
	for _, m := range named {
		u, err := base.Parse(html.UnescapeString(string(m[1])))
		if err != nil || u.Host != base.Host {
			continue
		}
		if status, _ := get(t, u.String()); status != http.StatusOK {
			t.Errorf("the page for what is not there names %s, which is not there: %d", u, status)
		}
	}
}

func get(t *testing.T, address string) (status int, body string) {
	t.Helper()
	r, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(text)
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
