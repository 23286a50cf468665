package grade

import (
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// Servers on Unix sockets. Each echoes; descriptors that come are closed, or kept.
func init() {
	for name, how := range map[string]tinyLocal{
		"unix":         {},
		"unix-open":    {umask: 0o022},
		"unix-public":  {umask: 0o111},
		"unix-chmod":   {umask: 0o022, chmod: true},
		"unix-steals":  {steals: true},
		"unix-keeps":   {keeps: true},
		"unix-reads":   {reads: true},
		"unix-forgets": {elsewhere: true},
		"unix-slams":   {slams: true},
		"unix-unlocks": {unlocks: true},
	} {
		tinyClients[name] = how.serve
	}
}

// A tinyLocal says how such a server behaves.
type tinyLocal struct {
	umask                                  int
	chmod, steals, keeps, elsewhere, slams bool
	reads                                  bool // what is handed over is read to its end, and echoed
	unlocks                                bool // its lock goes before its name
}

func (l tinyLocal) serve(args []string) {
	network, path, _ := strings.Cut(args[len(args)-1], ":")
	at := path
	if l.elsewhere {
		at += ".2"
	}
	if l.steals {
		os.Remove(path)
	}
	if l.umask == 0 {
		l.umask = 0o177
	}
	unix.Umask(l.umask)
	ln, err := net.ListenUnix(network, &net.UnixAddr{Net: network, Name: at})
	if err != nil {
		io.WriteString(os.Stderr, err.Error()+"\n")
		os.Exit(1)
	}
	if l.chmod {
		os.Chmod(path, 0o600)
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	lock, err := os.Create(at + ".lock")
	if err != nil {
		os.Exit(1)
	}
	go func() {
		<-signals
		if l.unlocks {
			lock.Close()
		}
		ln.Close()
		lock.Close()
		os.Exit(0)
	}()
	io.WriteString(os.Stdout, "listening on "+network+":"+path+"\n")
	for {
		conn, err := ln.AcceptUnix()
		if err != nil {
			select {} // it is about to end
		}
		go l.echo(conn)
	}
}

func (l tinyLocal) echo(conn *net.UnixConn) {
	defer conn.Close()
	buf, control := make([]byte, 1000), make([]byte, 1000)
	for {
		if l.slams {
			conn.Read(buf[:1])
			return
		}
		n, k, _, _, err := conn.ReadMsgUnix(buf, control)
		if err != nil {
			return
		}
		messages, _ := unix.ParseSocketControlMessage(control[:k])
		for _, m := range messages {
			fds, _ := unix.ParseUnixRights(&m)
			for _, fd := range fds {
				switch {
				case l.reads:
					file := os.NewFile(uintptr(fd), "handed over")
					io.Copy(conn, file)
					file.Close()
					n = 0 // the reply is what was read
				case !l.keeps:
					unix.Close(fd)
				}
			}
		}
		conn.Write(buf[:n])
	}
}

// Streams over Unix sockets are judged as those of TCP are, by the kernel's tables.
func TestUnix(t *testing.T) {
	const (
		serve  = "serve -unix a.sock\n"
		echo   = serve + "dial A\nslow A 'abc'\nrecv A abc\nwaiting A\nclosewrite A\neof A\nclose A\n"
		packet = "serve -unixpacket a.sock\ndial A\nsend A abc\n"
		open   = serve + "mode a.sock 0600\n"
		born   = "watch\n" + serve + "born a.sock 0600\n"
		hands  = "descriptor d file text\n" + serve + "dial A\nsendmsg A abc d*3\nrecv A abc\nnot-held d\ndescriptors\n"
		empty  = "descriptor d file text\nserve -unixpacket a.sock\ndial A\nsendmsg A '' d*3\nclose A\nnot-held d\n"
		both   = "descriptor d file text\n" + serve + "dial A B\nsendmsg A,B abc d\nrecv A abc\nrecv B abc\n" +
			"not-held d\n"
		syslog = "place live-datagrams a.sock\nrun -- -listen unix:a.sock\nexit 1\nlog\nkept a.sock\n"
		under  = serve + "watch\nsignal TERM\nexit 0\nremoved-under a.sock a.sock.lock\n"
		flag   = "descriptor p pipe\n" + serve + "dial A\nsendmsg A abc p\nnonblock p\nas-lent p\nfill p def\n" +
			"nonblock -off p\nas-lent p\nfill p ghi\nshut p\n"
		live = "place live a.sock\nrun -- -listen unix:a.sock\nexit 1\nlog\nkept a.sock\n"
	)
	for _, c := range []struct{ name, program, text, want string }{
		{"echo", "unix", echo, ""},
		{"silence", "unix", serve + "dial A\nsend A abc\nrecv A abcd\n",
			"silence: the server is asleep, and it has read all that A sent"},
		{"no end", "unix", serve + "dial A\neof A\n", "no-eof: "},
		{"closed with bytes unread", "unix-slams", serve + "dial A\nsend A abc\nrecv A abc\n",
			"reset: the server closed the connection, with bytes in it"},
		{"another place", "unix-forgets", serve, "wrong-address: the server was asked to listen on unix:a.sock"},
		{"another type", "unix", packet + "message A abc\nsend A d\nmessage A d\n", ""},
		{"half a message", "unix", packet + "message A ab\n", "wrong-bytes: "},
		{"mode", "unix", open, ""},
		{"another mode", "unix-open", open, "file: the mode of a.sock is 0755; it should be 0600"},
		{"mode from the beginning", "unix", born, ""},
		{"mode changed", "unix-chmod", born, "file: the mode of a.sock is 0600 now, but when"},
		{"descriptors", "unix", hands, ""},
		{"descriptors kept", "unix-keeps", hands, "leak: the server still holds a descriptor of d"},
		{"descriptors of an empty message", "unix", empty, "leak: the server still holds a descriptor of d"},
		{"descriptors of two clients", "unix", both, ""},
		{"live datagrams", "unix", syslog, ""},
		{"live datagrams, stolen", "unix-steals", syslog, "no-exit: "},
		{"moved", "unix", serve + "move a.sock b.sock\nabsent a.sock\npresent b.sock\n", ""},
		{"live", "unix", live, ""},
		{"live and stolen", "unix-steals", live, "no-exit: "},
		{"stale", "unix-steals", "place stale a.sock\n" + echo, ""},
		{"stale and in the way", "unix", "place stale a.sock\n" + echo, "wrong-address: the server was asked"},
		{"removed", "unix", serve + "signal TERM\nexit 0\nabsent a.sock\n", ""},
		{"there all the same", "unix", serve + "absent a.sock\n", "file: a.sock should not be there, and is: a socket"},
		{"not there", "unix", serve + "present b.sock\n", "file: b.sock should be there, and is not"},
		{"no lock", "unix", serve + "locked b.sock\n", "file: b.sock should be there"},
		{"the lock last", "unix", under, ""},
		{"the lock first", "unix-unlocks", under, "file: the program closed a.sock.lock, and so gave its"},
		{"a flag set meanwhile", "unix-reads", flag + "recv A defghi\n", "silence: "},
		{"a flag set and not minded", "unix", flag, ""},
		{"killed and again", "unix-steals", serve + "dial A\nend\nrestart\ndial B\nsend B x\nrecv B x\n", ""},
		{"several", "unix", "contend -unix a.sock 4\ndial A\nsend A x\nrecv A x\n", ""},
		{"gone", "unix", serve + "signal TERM\nexit 0\ndial A\n", "exited: "},
		{"abstract", "unix", "serve -unix @$unique\ndial A\nsend A x\nrecv A x\nabsent @$unique\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			passes(t, c.program, c.text, c.want)
		})
	}
}

// Another user reaches the server also where the grader's temporary files lie in a
// folder that no other user may pass through, as they do when a result is JSON.
func TestAnotherUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("SKIP: only root can connect as another user")
	}
	private := t.TempDir()
	if err := os.Chmod(private, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", private)
	const visit = "serve -unix a.sock\ndial -other-user A\nsend A x\nrecv A x\n"
	passes(t, "unix-public", visit, "")
	passes(t, "unix-open", visit, "refused: the mode of the socket's file does not let this user connect")
}

// The end of a pipe is sure when shut has returned, whatever is started meanwhile.
func TestShut(t *testing.T) {
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-stop:
				return
			default:
				exec.Command("/bin/true").Run()
			}
		}
	}()
	defer func() { close(stop); <-ended }()
	for range 5 {
		passes(t, "unix-reads", "descriptor p pipe\nserve -unix a.sock\ndial A\nsendmsg A abc p\nfill p def\n"+
			"shut p\nrecv A def\n", "")
	}
}
