package peers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestRedisThroughRelay puts our relay between the client of Redis and our store.
func TestRedisThroughRelay(t *testing.T) {
	tool(t, "redis-cli") // before anything is built
	store := serve(t, "kvd")
	s := serve(t, "relayd", "-to", store.addr)
	for _, c := range []struct{ words, want string }{
		{"PING", "PONG\n"},
		{"SET name Ada", "OK\n"},
		{"GET name", "\"Ada\"\n"},
		{"DEL name none", "(integer) 1\n"},
	} {
		if got := redis(t, s, strings.Split(c.words, " ")...); got != c.want {
			t.Errorf("redis-cli %s printed %q, want %q", c.words, got, c.want)
		}
	}
	ends(t, s)
}

// TestCurlThroughRelay has curl fetch a page, and send a file, through our relay.
func TestCurlThroughRelay(t *testing.T) {
	curl := tool(t, "curl")
	page := bytes.Repeat([]byte("a line of a page that is not short\n"), 10_000)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			sent, err := io.ReadAll(r.Body)
			fmt.Fprintln(w, bytes.Equal(sent, page), err)
			return
		}
		w.Write(page)
	}))
	defer web.Close()
	s := serve(t, "relayd", "-to", web.Listener.Addr().String())

	c := start(t, "curl", curl, "-sS", "http://"+s.addr+"/")
	c.succeeds()
	c.printed(0, page)

	file := filepath.Join(t.TempDir(), "page")
	if err := os.WriteFile(file, page, 0o600); err != nil {
		t.Fatal(err)
	}
	c = start(t, "curl", curl, "-sS", "-T", file, "http://"+s.addr+"/")
	c.succeeds()
	c.printed(0, []byte("true <nil>\n"))
	ends(t, s)
}

// TestSSHThroughRelay logs in through our relay: with SSH the server speaks first,
// and both sides check that no byte was changed.
func TestSSHThroughRelay(t *testing.T) {
	nc, ssh := tool(t, "nc"), tool(t, "ssh")
	d := newSSHD(t)
	s := serve(t, "relayd", "-to", d.Addr().String())
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	c := start(t, "ssh", ssh, "-F", "none", "-T", "-i", d.file("mine"), "-o", "IdentitiesOnly=yes",
		"-o", "UserKnownHostsFile="+d.file("known"), "-o", "StrictHostKeyChecking=yes", "-o", "HostKeyAlias=backend",
		"-o", "BatchMode=yes", "-o", "ProxyCommand="+nc+" "+s.host+" "+s.port, me.Username+"@backend",
		"echo through the relay; head -c 300000 /dev/zero | tr '\\0' x; exit 3")
	c.helper = nc
	if code := c.exits(); code != 3 {
		c.fatalf("exit status %d, want that of the command, 3", code)
	}
	c.printed(0, []byte("through the relay\n"+strings.Repeat("x", 300_000)))
	ends(t, s)
}

// ends stops a relay whose clients have left, and makes sure that none has failed.
func ends(t *testing.T, s *server) {
	t.Helper()
	if err := s.Signal("TERM"); err != nil {
		t.Fatal(err)
	}
	s.succeeds()
	s.quiet()
}

// An sshd listens by itself, and starts a server of OpenSSH for each client, as
// inetd(8) does: so nobody has to find a free port. Host and user have keys of
// their own.
type sshd struct {
	net.Listener
	dir     string
	servers sync.WaitGroup
}

func newSSHD(t *testing.T) *sshd {
	t.Helper()
	path, keygen := tool(t, "sshd"), tool(t, "ssh-keygen")
	d := &sshd{dir: t.TempDir()}
	for _, key := range []string{"host", "mine"} {
		mustRun(t, keygen, "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", d.file(key))
	}
	public, err := os.ReadFile(d.file("host.pub"))
	if err != nil {
		t.Fatal(err)
	}
	config := strings.Join([]string{"HostKey " + d.file("host"), "AuthorizedKeysFile " + d.file("mine.pub"),
		"StrictModes no", "UsePAM no", "PasswordAuthentication no", "KbdInteractiveAuthentication no",
		"PermitRootLogin prohibit-password", "PidFile none", ""}, "\n")
	for name, text := range map[string]string{"known": "backend " + string(public), "config": config} {
		if err := os.WriteFile(d.file(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ownRoom(t)
	if d.Listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.servers.Wait)
	t.Cleanup(func() { d.Close() })
	d.servers.Go(func() { d.serve(t, path) })
	return d
}

func (d *sshd) file(name string) string { return filepath.Join(d.dir, name) }

// serve starts a server for each client, until the listener is closed.
func (d *sshd) serve(t *testing.T, path string) {
	for {
		conn, err := d.Accept()
		if err != nil {
			return
		}
		f, err := conn.(*net.TCPConn).File()
		conn.Close()
		if err != nil {
			t.Error(err)
			return
		}
		var words bytes.Buffer
		cmd := exec.Command(path, "-i", "-e", "-f", d.file("config"))
		cmd.Stdin, cmd.Stdout, cmd.Stderr = f, f, &words
		err = cmd.Start()
		f.Close()
		if err != nil {
			t.Error(err)
			return
		}
		d.servers.Go(func() {
			if cmd.Wait() != nil && !strings.Contains(words.String(), "disconnect") {
				t.Logf("sshd: %s", &words)
			}
		})
	}
}

// ownRoom makes the empty folder in which sshd, started by root, shuts itself up.
// Where the service runs it is there already.
func ownRoom(t *testing.T) {
	const room = "/run/sshd"
	if os.Geteuid() != 0 {
		return
	}
	switch err := os.Mkdir(room, 0o755); {
	case err == nil:
		t.Cleanup(func() { os.Remove(room) })
	case !errors.Is(err, fs.ErrExist):
		t.Fatal(err)
	}
}
