//go:build linux

package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// This file is given: clients are served as in the chapters before.

// A server serves all its clients at the same time.
type server struct {
	packets bool // a command is a message, not a line
	secrets secrets
}

func (s *server) serve(ln net.Listener) error {
	for {
		conn, err := accept(ln)
		if err != nil {
			return err
		}
		go s.handle(conn.(*net.UnixConn))
	}
}

// handle serves one client to its end.
func (s *server) handle(conn *net.UnixConn) {
	c := &client{conn: conn, packets: s.packets}
	defer c.close()
	who, err := credentials(conn)
	if err != nil {
		log.Println(err)
		return
	}
	for {
		command, err := c.next()
		reply := errTooLong
		switch {
		case err == nil:
			reply = s.answer(c, who, command)
		case err != errLong:
			return
		}
		if _, failed := io.WriteString(conn, reply+"\n"); failed != nil {
			return
		}
		if err != nil && !c.packets {
			return // where the next command begins is not known
		}
	}
}

// answer carries out one command and returns the reply.
func (s *server) answer(c *client, who *unix.Ucred, command string) string {
	verb, _, _ := strings.Cut(command, " ")
	switch {
	case command == "who":
		return fmt.Sprintf("uid %d pid %d", who.Uid, who.Pid)
	case command == "sum":
		return c.sum()
	case verb != "put" && verb != "get":
		return errUnknown
	case int(who.Uid) != os.Geteuid():
		return errNotYours
	}
	return s.secrets.do(command)
}
