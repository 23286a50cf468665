package peers

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A site is an origin that keeps what it was asked.
type site struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string // method, path and Via
}

// newSite starts an origin, whose pages are those of handler.
func newSite(t *testing.T, handler http.HandlerFunc) *site {
	t.Helper()
	s := &site{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.Method+" "+r.URL.String()+" "+r.Header.Get("Via"))
		s.mu.Unlock()
		for _, name := range []string{"Proxy-Connection", "Proxy-Authorization", "Keep-Alive", "Te"} {
			if r.Header.Get(name) != "" {
				t.Errorf("the origin has got %s: %s", name, r.Header.Get(name))
			}
		}
		handler(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// got compares what the site was asked with what it should have been.
func (s *site) got(t *testing.T, want ...string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if got := strings.Join(s.asked, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("the origin was asked\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
	s.asked = nil
}

const via = " 1.1 proxyd"

// since is when the page was changed last.
var since = time.Date(2009, 11, 10, 23, 0, 0, 0, time.UTC)

// TestCurlThroughProxy has curl do through our proxy what it does otherwise.
func TestCurlThroughProxy(t *testing.T) {
	curl := tool(t, "curl")
	page := bytes.Repeat([]byte("a line of a page that is not short\n"), 25_000)
	o := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPut:
			sent, err := io.ReadAll(r.Body)
			fmt.Fprintln(w, bytes.Equal(sent, page), err, r.TransferEncoding)
		case r.URL.Path == "/empty":
			w.WriteHeader(http.StatusNoContent)
		case r.URL.Path == "/chunked":
			w.Write(page[:1000])
			w.(http.Flusher).Flush()
			w.Write(page[1000:])
		case r.URL.Path == "/page":
			http.ServeContent(w, r, "page", since, bytes.NewReader(page))
		default:
			http.NotFound(w, r)
		}
	})
	s := serve(t, "proxyd")
	run := func(args ...string) *running {
		t.Helper()
		c := start(t, "curl", append([]string{curl, "-sS", "-x", "http://" + s.addr}, args...)...)
		c.succeeds()
		return c
	}
	file := filepath.Join(t.TempDir(), "page")
	if err := os.WriteFile(file, page, 0o600); err != nil {
		t.Fatal(err)
	}
	format := "%{http_code} %{size_download} %{num_connects}\\n"

	// Four pages on one connection; what is printed is a line for each.
	c := run("-o", "/dev/null", o.URL+"/page", "-o", "/dev/null", o.URL+"/chunked", "-o", "/dev/null", o.URL+"/empty",
		"-o", "/dev/null", o.URL+"/none", "-w", format)
	c.printed(0, []byte(fmt.Sprintf("200 %d 1\n200 %d 0\n204 0 0\n404 19 0\n", len(page), len(page))))
	o.got(t, "GET /page"+via, "GET /chunked"+via, "GET /empty"+via, "GET /none"+via)

	run(o.URL+"/page").printed(0, page)
	c = run("-I", o.URL+"/page")
	if !has(c.Stdout(), fmt.Sprintf("\r\nContent-Length: %d\r\n", len(page))) {
		c.fatalf("no length in the answer to HEAD")
	}
	o.got(t, "GET /page"+via, "HEAD /page"+via)

	// A part of it, what has not changed since, and an answer for a client of HTTP/1.0.
	run("-r", "1000-1999", o.URL+"/page").printed(0, page[1000:2000])
	run("-z", "Tue, 10 Nov 2015 23:00:00 GMT", "-w", "%{http_code}", o.URL+"/page").printed(0, []byte("304"))
	run("-0", o.URL+"/chunked").printed(0, page)

	// An upload of known length, behind 100 Continue, and one in chunks.
	run("-T", file, o.URL+"/up").printed(0, []byte("true <nil> []\n"))
	run("-H", "Expect: 100-continue", "-T", file, o.URL+"/up").printed(0, []byte("true <nil> []\n"))
	run("-H", "Transfer-Encoding: chunked", "-T", file, o.URL+"/up").printed(0, []byte("true <nil> [chunked]\n"))
	ends(t, s)
}

// TestCurlThroughTunnel has curl speak TLS with our server through our proxy, and check
// that it is the one that was meant.
func TestCurlThroughTunnel(t *testing.T) {
	curl := tool(t, "curl")
	dir := certificates(t)
	file := func(name string) string { return filepath.Join(dir, name) }
	origin := serve(t, "tlsd", "-cert", file("tlsd.pem"), "-key", file("tlsd.key"))
	names := file("hosts")
	if err := os.WriteFile(names, []byte("tlsd.example "+origin.host+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serve(t, "proxyd", "-hosts", names)
	run := func(ca string) *running {
		return start(t, "curl", curl, "-sN", "--http0.9", "-x", "http://"+s.addr, "--cacert", file(ca),
			"https://tlsd.example:"+origin.port+"/")
	}
	c := run("ca.pem")
	c.await("its own request", func() bool { return has(c.Stdout(), "GET / HTTP/1.1\r\n") })
	if c := run("other.pem"); c.exits() != 60 {
		c.fatalf("an authority that has signed nothing was believed")
	}
}

// TestWgetThroughProxy has wget fetch a page with all that belongs to it.
func TestWgetThroughProxy(t *testing.T) {
	wget := tool(t, "wget")
	o := newSite(t, pictures)
	s := serve(t, "proxyd")
	dir := t.TempDir()
	start(t, "wget", wget, "-q", "-e", "use_proxy=on", "-e", "http_proxy=http://"+s.addr, "-e", "no_proxy=",
		"-e", "robots=off", "--page-requisites", "-nH", "-P", dir, o.URL+"/").succeeds()
	for i := range 10 {
		got, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("picture-%d.png", i)))
		if err != nil || !bytes.Equal(got, pixel) {
			t.Errorf("picture %d: %d bytes, %v", i, len(got), err)
		}
	}
	ends(t, s)
}

// TestGitThroughProxy has git clone a repository over HTTP, and push to it: a
// program that asks in chunks, and answers as it goes.
func TestGitThroughProxy(t *testing.T) {
	git := tool(t, "git")
	backend, err := exec.Command(git, "--exec-path").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	run := func(args ...string) *running {
		t.Helper()
		c := start(t, "git", append([]string{git, "-c", "user.name=Ada", "-c", "user.email=ada@example.org",
			"-c", "init.defaultBranch=main", "-c", "http.postBuffer=70000"}, args...)...)
		c.succeeds()
		return c
	}
	bare, work := filepath.Join(dir, "served", "a.git"), filepath.Join(dir, "work")
	run("init", "-q", "--bare", bare)
	run("-C", bare, "config", "http.receivepack", "true")
	run("init", "-q", work)
	noise := make([]byte, 300_000)
	for i := range noise {
		noise[i] = byte(i * i >> 7 * i)
	}
	if err := os.WriteFile(filepath.Join(work, "noise"), noise, 0o600); err != nil {
		t.Fatal(err)
	}
	run("-C", work, "add", ".")
	run("-C", work, "commit", "-q", "-m", "noise")

	handler := &cgi.Handler{Path: filepath.Join(strings.TrimSpace(string(backend)), "git-http-backend"),
		Env: []string{"GIT_PROJECT_ROOT=" + filepath.Dir(bare), "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=ada"}}
	chunks := 0
	o := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength < 0 { // CGI has a length for everything
			chunks++
			body, _ := io.ReadAll(r.Body)
			r.Body, r.ContentLength, r.TransferEncoding = io.NopCloser(bytes.NewReader(body)), int64(len(body)), nil
		}
		handler.ServeHTTP(w, r)
	})
	s := serve(t, "proxyd")
	through := []string{"-c", "http.proxy=http://" + s.addr}
	run(append(through, "-C", work, "push", "-q", o.URL+"/a.git", "main")...)
	copied := filepath.Join(dir, "copy")
	run(append(through, "clone", "-q", o.URL+"/a.git", copied)...)
	got, err := os.ReadFile(filepath.Join(copied, "noise"))
	if err != nil || !bytes.Equal(got, noise) {
		t.Errorf("the copy has %d bytes, %v; want %d", len(got), err, len(noise))
	}
	if len(o.asked) < 4 || chunks == 0 {
		t.Errorf("the origin was asked %q, %d of them in chunks: not as git does it by HTTP", o.asked, chunks)
	}
	ends(t, s)
}

// TestSSHThroughTunnel logs in through our proxy, which netcat asks for a tunnel: in it
// the server speaks first.
func TestSSHThroughTunnel(t *testing.T) {
	nc, ssh := tool(t, "nc"), tool(t, "ssh")
	d := newSSHD(t)
	s := serve(t, "proxyd")
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(d.Addr().String())
	c := start(t, "ssh", ssh, "-F", "none", "-T", "-i", d.file("mine"), "-o", "IdentitiesOnly=yes",
		"-o", "UserKnownHostsFile="+d.file("known"), "-o", "StrictHostKeyChecking=yes", "-o", "HostKeyAlias=backend",
		"-o", "BatchMode=yes", "-o", "ProxyCommand="+nc+" -X connect -x "+s.addr+" "+host+" "+port,
		me.Username+"@backend", "echo through the tunnel; exit 3")
	c.helper = nc
	if code := c.exits(); code != 3 {
		c.fatalf("exit status %d, want that of the command, 3", code)
	}
	c.printed(0, []byte("through the tunnel\n"))
	ends(t, s)
}

// TestBrowserThroughProxy has Chromium load a page with ten pictures. It is for every
// night: to install it takes 80 MB and a minute.
func TestBrowserThroughProxy(t *testing.T) {
	if !*full {
		t.Skip("a browser is started with -full")
	}
	chromium, err := exec.LookPath("google-chrome") // the same, where Debian's is not
	if err != nil {
		chromium = tool(t, "chromium")
	}
	o := newSite(t, pictures)
	s := serve(t, "proxyd")
	c := start(t, "chromium", chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--user-data-dir="+t.TempDir(), "--proxy-server=http://"+s.addr, "--proxy-bypass-list=<-loopback>",
		"--virtual-time-budget=10000", "--dump-dom", o.URL+"/")
	c.helper = "chrom"
	c.succeeds()
	if !has(c.Stdout(), "10 pictures of 10") {
		c.fatalf("not all pictures were shown")
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, line := range o.asked {
		if !strings.HasSuffix(line, via) {
			t.Errorf("not through the proxy: %s", line)
		}
	}
}

// pixel is a picture: one point in PNG.
var pixel = decoded("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")

func decoded(text string) []byte {
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return data
}

// pictures is a page with ten of them, which says how many it could show.
func pictures(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/picture-") {
		w.Header().Set("Content-Type", "image/png")
		w.Write(pixel)
		return
	}
	if r.URL.Path != "/" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html")
	fmt.Fprint(w, "<!DOCTYPE html><title>pictures</title><p id=p></p>")
	for i := range 10 {
		fmt.Fprintf(w, "<img src=picture-%d.png>", i)
	}
	fmt.Fprint(w, "<script>onload = () => { const all = [...document.images]; p.textContent ="+
		" all.filter(i => i.naturalWidth > 0).length + ' pictures of ' + all.length }</script>")
}
