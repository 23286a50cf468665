package main

import (
	"errors"
	"log"
	"net"
	"syscall"
	"time"
)

// This file is given: what chapter 03-echo-in-turn says about Accept.

// How long accept waits when there is no descriptor: a little longer each time.
const (
	shortest = 5 * time.Millisecond
	longest  = time.Second
)

// accept returns the next connection of ln. While this process, or the whole
// system, has no file descriptor left for one it waits and tries again. Any
// other error ends it; that of a listener which was closed wraps net.ErrClosed.
func accept(ln net.Listener) (net.Conn, error) {
	for pause := shortest; ; pause = min(2*pause, longest) {
		conn, err := ln.Accept()
		if !errors.Is(err, syscall.EMFILE) && !errors.Is(err, syscall.ENFILE) {
			return conn, err
		}
		log.Printf("%v; trying again in %v", err, pause)
		time.Sleep(pause)
	}
}
