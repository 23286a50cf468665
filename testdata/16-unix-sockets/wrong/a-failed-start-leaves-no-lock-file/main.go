//go:build linux

// Belief: a program that could not start leaves nothing behind, so the lock's file goes, too, if it has made it.
//
// Another program may have opened that file meanwhile, and lock a file without a name.
//
// Caught by: 29-another-program (file).
package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

func main() {
	listen := flag.String("listen", "unix:agentd.sock", "`address` to listen on: unix:PATH or unixpacket:PATH")
	mode := flag.String("mode", "0600", "`mode` of the socket's file, in octal")
	flag.Parse()
	bits, err := strconv.ParseUint(*mode, 8, 9)
	network, path, _ := strings.Cut(*listen, ":")
	if err != nil || path == "" || network != "unix" && network != "unixpacket" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(network, path, fs.FileMode(bits)); err != nil {
		fmt.Fprintln(os.Stderr, "agentd:", err)
		os.Exit(1)
	}
}

// Bounds of what one client can make the server hold.
const (
	maxPath    = 107      // bytes of a socket's path
	maxCommand = 4096     // bytes of a command, its newline included
	maxFile    = 16 << 20 // bytes that are read from a descriptor
	maxWaiting = 16       // descriptors of one client that wait for their sum
)

// run serves clients at path until SIGINT or SIGTERM, or until accepting fails.
func run(network, path string, mode fs.FileMode) error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	d, err := open(network, path, mode)
	if err != nil {
		return err
	}
	defer d.close()
	s := &server{packets: network == "unixpacket"}
	failed := make(chan error, 1)
	go func() { failed <- s.serve(d.ln) }()
	fmt.Printf("listening on %s:%s\n", network, path)
	select {
	case err := <-failed:
		return err
	case <-signals:
		return nil
	}
}

// A door is a listener, and what it has in the file system.
type door struct {
	ln   *net.UnixListener
	path string
	made fs.FileInfo // the socket's file, to know it again
	lock *os.File
}

// open listens at path. Its error says why that cannot be.
func open(network, path string, mode fs.FileMode) (*door, error) {
	if len(path) > maxPath {
		return nil, fmt.Errorf("%s: a path has at most %d bytes, this has %d",
			path, maxPath, len(path))
	}
	_, before := os.Lstat(path + ".lock")
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, err
	}
	d, err := listen(network, path, mode)
	if err != nil {
		if errors.Is(before, fs.ErrNotExist) {
			os.Remove(lock.Name()) // as it was before
		}
		lock.Close()
		return nil, err
	}
	d.lock = lock
	return d, nil
}

// lockFile opens the file at path and takes its lock, which the kernel gives
// back when the program ends, however it ends.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("another agentd is running: %s: %w", path, err)
	}
	return f, nil
}

// listen makes the socket, once a stale one is out of the way.
func listen(network, path string, mode fs.FileMode) (*door, error) {
	if err := removeStale(network, path); err != nil {
		return nil, err
	}
	before := unix.Umask(int(0o777 &^ mode)) // bind takes these bits away
	ln, err := net.ListenUnix(network, &net.UnixAddr{Net: network, Name: path})
	unix.Umask(before)
	if err != nil {
		return nil, err
	}
	ln.SetUnlinkOnClose(false) // close looks first whether it is still ours
	made, err := os.Lstat(path)
	if err != nil {
		ln.Close()
		return nil, err
	}
	return &door{ln: ln, path: path, made: made}, nil
}

// removeStale removes the socket at path if no program listens on it.
func removeStale(network, path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode()&fs.ModeSocket == 0:
		return fmt.Errorf("%s is there, and is not a socket", path)
	}
	conn, err := net.Dial(network, path)
	if err == nil {
		conn.Close()
	}
	if !errors.Is(err, unix.ECONNREFUSED) { // else a program may be there
		return fmt.Errorf("%s is in use: a dial says: %v", path, err)
	}
	return os.Remove(path)
}

// close stops listening and removes the socket's file, unless another one has
// taken its place. The lock comes last, and its file stays: a third program may
// have opened it already.
func (d *door) close() {
	d.ln.Close()
	if now, err := os.Lstat(d.path); err == nil && os.SameFile(now, d.made) {
		os.Remove(d.path)
	}
	d.lock.Close()
}

// credentials returns what the kernel noted of the process that connected,
// when it connected.
func credentials(conn *net.UnixConn) (who *unix.Ucred, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	failed := raw.Control(func(fd uintptr) {
		who, err = unix.GetsockoptUcred(int(fd),
			unix.SOL_SOCKET, unix.SO_PEERCRED)
	})
	return who, errors.Join(failed, err)
}

// A client is one connection: what has come on it, and was not used yet.
type client struct {
	conn    *net.UnixConn
	packets bool
	data    []byte
	files   []*os.File
}

func (c *client) close() {
	c.conn.Close()
	for _, f := range c.files {
		f.Close()
	}
}

// Errors of next, besides those of the connection.
var (
	errLong = errors.New("a command is too long")
	errMany = errors.New("too many descriptors")
)

// next waits for a command and returns it without its newline: a line, or a
// message, whatever is in it.
func (c *client) next() (string, error) {
	if c.packets {
		c.data = nil
		err := c.receive()
		return string(bytes.TrimSuffix(c.data, []byte("\n"))), err
	}
	for {
		line, rest, whole := bytes.Cut(c.data, []byte("\n"))
		if whole {
			c.data = rest
			return string(line), nil
		}
		if len(c.data) >= maxCommand {
			return "", errLong
		}
		if err := c.receive(); err != nil {
			return "", err
		}
	}
}

// receive waits for bytes, and takes the descriptors that come with them.
func (c *client) receive() error {
	buf := make([]byte, maxCommand-len(c.data))
	rights := make([]byte, unix.CmsgSpace(maxRights*4))
	n, k, flags, _, err := c.conn.ReadMsgUnix(buf, rights)
	c.take(rights[:k])
	if err != nil {
		return err
	}
	c.data = append(c.data, buf[:n]...)
	switch {
	case len(c.files) > maxWaiting:
		return errMany
	case flags&unix.MSG_TRUNC != 0:
		return errLong
	}
	return nil
}

// maxRights is how many descriptors one sendmsg can carry: SCM_MAX_FD in
// unix(7). What does not fit into a smaller buffer the kernel closes.
const maxRights = 253

// take puts the descriptors of a control message after those that wait.
func (c *client) take(control []byte) {
	messages, _ := unix.ParseSocketControlMessage(control)
	for _, m := range messages {
		fds, _ := unix.ParseUnixRights(&m)
		for _, fd := range fds {
			c.files = append(c.files, os.NewFile(uintptr(fd), "handed on"))
		}
	}
}

// sum reads the descriptor that has waited longest to its end, and closes it.
func (c *client) sum() string {
	if len(c.files) == 0 {
		return errNoDescriptor
	}
	f := c.files[0]
	c.files = c.files[1:]
	defer f.Close()
	hash := sha256.New()
	n, err := io.Copy(hash, io.LimitReader(patient{f}, maxFile+1))
	switch {
	case err != nil:
		return errCannotRead
	case n > maxFile:
		return errTooLong
	}
	return fmt.Sprintf("%d %x", n, hash.Sum(nil))
}

// A patient file waits for what comes, with O_NONBLOCK and without. Package os
// looks at that flag once, in NewFile; the client may set it at any time.
type patient struct{ *os.File }

func (p patient) Read(buf []byte) (int, error) {
	n, err := p.File.Read(buf)
	for errors.Is(err, unix.EAGAIN) {
		raw, failed := p.SyscallConn()
		if failed != nil {
			return n, failed
		}
		raw.Control(func(fd uintptr) {
			unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, -1)
		})
		n, err = p.File.Read(buf)
	}
	return n, err
}
