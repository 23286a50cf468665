//go:build windows

// Faults shows what Wine 8 does otherwise than Windows, by the calls alone, a line each.
package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) > 1 { // the child of usage
		time.Sleep(time.Minute)
		return
	}
	tell("a folder with a file is deleted", deletion())
	tell("a client that is gone before it is accepted is no error of Accept", acceptance())
	tell("the processor time of a child is not the caller's", usage())
	tell("data is read, and then the reset that came behind it", reset())
	tell("a UDP socket can be bound", datagrams())
}

func tell(what string, err error) {
	if err != nil {
		fmt.Printf("%s: NO: %v\n", what, err)
		return
	}
	fmt.Printf("%s: yes\n", what)
}

func deletion() error {
	dir, err := os.MkdirTemp("", "faults")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		return err
	}
	return os.RemoveAll(dir) // by NtSetInformationFile, as os.Remove is not
}

// acceptance lets clients come and reset at once.
func acceptance() error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer ln.Close()
	last := make(chan struct{})
	go func() {
		defer close(last)
		for range 500 {
			if c, err := net.Dial("tcp", ln.Addr().String()); err == nil {
				c.Write([]byte("x"))
				c.(*net.TCPConn).SetLinger(0)
				c.Close()
			}
		}
	}()
	for {
		ln.(*net.TCPListener).SetDeadline(time.Now().Add(100 * time.Millisecond))
		c, err := ln.Accept()
		if err == nil {
			c.Close()
			continue
		}
		if e, ok := err.(net.Error); !ok || !e.Timeout() {
			return err
		}
		select {
		case <-last:
			return nil
		default:
		}
	}
}

// usage compares a child that sleeps with this process, which has spent some time.
func usage() error {
	cmd := exec.Command(os.Args[0], "child")
	if err := cmd.Start(); err != nil {
		return err
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	for end := time.Now().Add(500 * time.Millisecond); time.Now().Before(end); {
	}
	const limitedInformation = 0x1000 // PROCESS_QUERY_LIMITED_INFORMATION
	child, err := syscall.OpenProcess(limitedInformation, false, uint32(cmd.Process.Pid))
	if err != nil {
		return err
	}
	defer syscall.CloseHandle(child)
	own, err := syscall.GetCurrentProcess()
	if err != nil {
		return err
	}
	if a, b := user(child), user(own); a == b {
		return fmt.Errorf("both have used %d units of 100 ns", a)
	}
	return nil
}

func user(process syscall.Handle) int64 {
	var created, exited, kernel, user syscall.Filetime
	if syscall.GetProcessTimes(process, &created, &exited, &kernel, &user) != nil {
		return -1
	}
	return int64(user.HighDateTime)<<32 | int64(user.LowDateTime)
}

// reset reads from a connection whose peer has written and then reset it.
func reset() error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer ln.Close()
	client, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		return err
	}
	defer client.Close()
	server, err := ln.Accept()
	if err != nil {
		return err
	}
	server.Write([]byte("data"))
	server.(*net.TCPConn).SetLinger(0)
	server.Close()
	time.Sleep(100 * time.Millisecond)
	var n int
	for buf := make([]byte, 100); err == nil; {
		var m int
		m, err = client.Read(buf)
		n += m
	}
	if opErr, ok := err.(*net.OpError); ok {
		if call, ok := opErr.Err.(*os.SyscallError); ok && call.Err == syscall.WSAECONNRESET {
			return nil // Windows may drop the data at a reset
		}
	}
	return fmt.Errorf("%d bytes, and then %v", n, err)
}

func datagrams() error {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err == nil {
		c.Close()
	}
	return err
}
