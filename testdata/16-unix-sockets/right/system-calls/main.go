//go:build linux

// The listener is made by socket, bind and listen, and then is one of package net. What
// is handed over stays a number: read(2) reads it, and poll(2) waits where that says EAGAIN.
package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
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
	ln       *net.UnixListener
	path     string
	dev, ino uint64 // of the socket's file
	lock     int
}

// open listens at path. Its error says why that cannot be.
func open(network, path string, mode fs.FileMode) (_ *door, err error) {
	if len(path) > maxPath {
		return nil, fmt.Errorf("a path has at most %d bytes: %s", maxPath, path)
	}
	d := &door{path: path}
	d.lock, err = unix.Open(path+".lock", unix.O_RDONLY|unix.O_CREAT|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path + ".lock", Err: err}
	}
	defer func() {
		if err != nil {
			unix.Close(d.lock)
		}
	}()
	if err := unix.Flock(d.lock, unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, fmt.Errorf("the lock %s.lock: %w", path, err)
	}
	kind := unix.SOCK_STREAM
	if network == "unixpacket" {
		kind = unix.SOCK_SEQPACKET
	}
	if err := clearStale(path, kind); err != nil {
		return nil, err
	}
	fd, err := unix.Socket(unix.AF_UNIX, kind|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	file := os.NewFile(uintptr(fd), "listener")
	defer file.Close() // FileListener has a copy
	before := unix.Umask(0o777 &^ int(mode))
	err = unix.Bind(fd, &unix.SockaddrUnix{Name: path})
	unix.Umask(before)
	if err != nil {
		return nil, fmt.Errorf("bind %s: %w", path, err)
	}
	var made unix.Stat_t
	if err := unix.Lstat(path, &made); err != nil {
		return nil, os.NewSyscallError("lstat", err)
	}
	d.dev, d.ino = made.Dev, made.Ino
	if err := unix.Listen(fd, 1024); err != nil {
		unix.Unlink(path)
		return nil, os.NewSyscallError("listen", err)
	}
	ln, err := net.FileListener(file)
	if err != nil {
		unix.Unlink(path)
		return nil, err
	}
	d.ln = ln.(*net.UnixListener)
	d.ln.SetUnlinkOnClose(false)
	return d, nil
}

// clearStale takes a stale socket away.
func clearStale(path string, kind int) error {
	var there unix.Stat_t
	switch err := unix.Lstat(path, &there); {
	case err == unix.ENOENT:
		return nil
	case err != nil:
		return &os.PathError{Op: "lstat", Path: path, Err: err}
	case there.Mode&unix.S_IFMT != unix.S_IFSOCK:
		return fmt.Errorf("%s is no socket", path)
	}
	fd, err := unix.Socket(unix.AF_UNIX, kind|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return os.NewSyscallError("socket", err)
	}
	err = unix.Connect(fd, &unix.SockaddrUnix{Name: path})
	unix.Close(fd)
	if err != unix.ECONNREFUSED {
		return fmt.Errorf("%s belongs to another program: connect: %v", path, err)
	}
	return unix.Unlink(path)
}

func (d *door) close() {
	var now unix.Stat_t
	err := unix.Lstat(d.path, &now) // while ours is open its number is not free
	if err == nil && now.Dev == d.dev && now.Ino == d.ino {
		unix.Unlink(d.path)
	}
	d.ln.Close()
	unix.Close(d.lock)
}

// credentials returns what the kernel noted of the process that connected.
func credentials(conn *net.UnixConn) (*unix.Ucred, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	var who *unix.Ucred
	var failed error
	err = raw.Control(func(fd uintptr) {
		who, failed = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	})
	if err == nil {
		err = failed
	}
	return who, err
}

// A client is one connection.
type client struct {
	conn    *net.UnixConn
	packets bool
	buf     []byte // its capacity stays; what was not used is in front
	fds     []int
}

func (c *client) close() {
	c.conn.Close()
	for _, fd := range c.fds {
		unix.Close(fd)
	}
	c.fds = nil
}

var (
	errLong = errors.New("a command is too long")
	errMany = errors.New("too many descriptors")
)

// next returns the next command.
func (c *client) next() (string, error) {
	if c.buf == nil {
		c.buf = make([]byte, 0, maxCommand)
	}
	if c.packets {
		c.buf = c.buf[:0]
		err := c.fill()
		text := string(c.buf)
		return strings.TrimSuffix(text, "\n"), err
	}
	for {
		if i := bytes.IndexByte(c.buf, '\n'); i >= 0 {
			text := string(c.buf[:i])
			c.buf = c.buf[:copy(c.buf, c.buf[i+1:])]
			return text, nil
		}
		if len(c.buf) == maxCommand {
			return "", errLong
		}
		if err := c.fill(); err != nil {
			return "", err
		}
	}
}

// fill waits for bytes and puts them after those in buf.
func (c *client) fill() error {
	rights := make([]byte, unix.CmsgSpace(4*253))
	n, k, flags, _, err := c.conn.ReadMsgUnix(c.buf[len(c.buf):cap(c.buf)], rights)
	messages, _ := unix.ParseSocketControlMessage(rights[:k])
	for i := range messages {
		fds, _ := unix.ParseUnixRights(&messages[i])
		c.fds = append(c.fds, fds...)
	}
	switch {
	case err != nil:
		return err
	case len(c.fds) > maxWaiting:
		return errMany
	}
	c.buf = c.buf[:len(c.buf)+n]
	if flags&unix.MSG_TRUNC != 0 {
		return errLong
	}
	return nil
}

// sum reads the descriptor that has waited longest.
func (c *client) sum() string {
	if len(c.fds) == 0 {
		return errNoDescriptor
	}
	fd := c.fds[0]
	c.fds = c.fds[1:]
	defer unix.Close(fd)
	hash, total := sha256.New(), 0
	buf := make([]byte, 64<<10)
	for {
		n, err := unix.Read(fd, buf[:min(len(buf), maxFile+1-total)])
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN:
			unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, -1)
			continue
		case err != nil:
			return errCannotRead
		case n == 0:
			return fmt.Sprintf("%d %x", total, hash.Sum(nil))
		}
		hash.Write(buf[:n])
		if total += n; total > maxFile {
			return errTooLong
		}
	}
}
