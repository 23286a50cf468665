package peers

import (
	"os/exec"
	"path/filepath"
	"testing"

	"loopback/tools/base/tree"
	"loopback/tools/engine/build"
)

// certificates has the chapter's own example make an authority and a certificate
// for tlsd.example, and returns the folder.
func certificates(t *testing.T) (dir string) {
	t.Helper()
	root, err := tree.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	found, err := filepath.Glob(filepath.Join(root, "testdata", "*", "example", "certs"))
	if err != nil || len(found) != 1 {
		t.Fatalf("the example that makes certificates: %q, %v", found, err)
	}
	certs, err := build.Alone(t.Context(), root, found[0], false)
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	cmd := exec.CommandContext(t.Context(), certs)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("certs: %v\n%s", err, out)
	}
	return dir
}

// TestTLS has programs that are not ours check our server's certificate, and speak
// to it, over TLS.
func TestTLS(t *testing.T) {
	dir := certificates(t)
	file := func(name string) string { return filepath.Join(dir, name) }
	s := serve(t, "tlsd", "-cert", file("tlsd.pem"), "-key", file("tlsd.key"))
	t.Run("openssl", func(t *testing.T) {
		k := newKeyboard(t)
		c := startReading(t, k.name, "openssl", tool(t, "openssl"), "s_client", "-quiet", "-no_ign_eof",
			"-verify_return_error", "-CAfile", file("ca.pem"), "-verify_hostname", "tlsd.example",
			"-servername", "tlsd.example", "-connect", s.addr)
		k.types("hello from openssl\n")
		c.await("the line", func() bool { return has(c.Stdout(), "hello from openssl\n") })
		k.ends()
		c.succeeds()
	})
	t.Run("socat", func(t *testing.T) {
		k := newKeyboard(t)
		c := startReading(t, k.name, "socat", tool(t, "socat"), "-",
			"OPENSSL:"+s.addr+",cafile="+file("ca.pem")+",commonname=tlsd.example")
		k.types("hello from socat\n")
		c.await("the line", func() bool { return has(c.Stdout(), "hello from socat\n") })
		k.ends()
		c.succeeds()
	})
	at := "https://tlsd.example:" + s.port + "/"
	curl := func(t *testing.T, more ...string) *running {
		return start(t, "curl", append([]string{tool(t, "curl"), "-sN", "--http0.9", "--resolve",
			"tlsd.example:" + s.port + ":" + s.host, at}, more...)...)
	}
	t.Run("curl", func(t *testing.T) {
		c := curl(t, "--cacert", file("ca.pem"))
		c.await("its own request", func() bool { return has(c.Stdout(), "GET / HTTP/1.1\r\n") })
	})
	t.Run("curl, with another authority", func(t *testing.T) {
		if c := curl(t, "--cacert", file("other.pem")); c.exits() != 60 {
			c.fatalf("an authority that has signed nothing was believed")
		}
	})
}
