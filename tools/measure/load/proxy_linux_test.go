package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"
)

// TestMain is also a proxy, for the test below: one that ends each connection without
// a word when it has answered once, as some do.
func TestMain(m *testing.M) {
	if os.Getenv("LOAD_TEST_PROXY") == "" {
		os.Exit(m.Run())
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		os.Exit(1)
	}
	os.Stdout.WriteString("listening on " + ln.Addr().String() + "\n")
	for {
		conn, err := ln.Accept()
		if err != nil {
			os.Exit(1)
		}
		go once(conn)
	}
}

func once(conn net.Conn) {
	defer conn.Close()
	request, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	origin, err := net.Dial("tcp", request.URL.Host)
	if err != nil {
		return
	}
	defer origin.Close()
	request.Header.Set("Connection", "close")
	request.Write(origin)
	io.Copy(conn, origin)
}

// The whole of a round, with a proxy that takes one request on each connection.
func TestProxy(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	l := load{conns: 3, talk: 50 * time.Millisecond}
	f, err := l.passThrough(server{"once", []string{"/usr/bin/env", "LOAD_TEST_PROXY=1", self}})
	if err != nil {
		t.Fatal(err)
	}
	if f.kept.requests < 3 || f.kept.dials < f.kept.requests-3 || f.each.requests < 3 || f.memory <= 0 {
		t.Errorf("these are no figures: %+v", f)
	}
}

// The origin answers what comes on one connection, until it is to be the last.
func TestOrigin(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	defer serving.Wait()
	defer ln.Close()
	serving.Go(func() { serveOrigin(ln, &serving) })
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: o\r\n\r\nGET / HTTP/1.1\r\nHost: o\r\nConnection: close\r\n\r\n")
	got, err := io.ReadAll(conn)
	if err != nil || len(got) != 2*len(page) {
		t.Errorf("%d bytes, %v; want %d", len(got), err, 2*len(page))
	}
}
