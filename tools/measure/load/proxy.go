package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"loopback/tools/engine/probe"
	"loopback/tools/engine/process"
)

// pageSize is how long the page is that each request asks for.
const pageSize = 1024

// The figures of one proxy in one round, for clients that keep their connection
// where the proxy lets them, and for clients that take a new one each time.
type proxied struct {
	kept, each passed
	memory     int64 // bytes of physical memory with all clients there, at the end of the first talk
}

// What has passed through a proxy.
type passed struct {
	requests, dials int
	took            time.Duration
	cpu             time.Duration
}

func (p passed) rate() float64 { return float64(p.requests) / p.took.Seconds() }

func (p passed) cost() float64 { return p.cpu.Seconds() * 1e6 / float64(p.requests) }

var proxyRows = []row[proxied]{
	{"requests a second", func(f proxied) float64 { return f.kept.rate() }, whole, true},
	{"connections for 1,000 requests", func(f proxied) float64 {
		return 1000 * float64(f.kept.dials) / float64(f.kept.requests)
	}, whole, false},
	{"CPU a request, µs", func(f proxied) float64 { return f.kept.cost() }, tenths, true},
	{"memory with all clients, MiB", func(f proxied) float64 { return float64(f.memory) / (1 << 20) }, tenths, true},
	{"requests a second, a connection each", func(f proxied) float64 { return f.each.rate() }, whole, true},
	{"CPU of such a request, µs", func(f proxied) float64 { return f.each.cost() }, tenths, true},
}

// proxyTable lays the figures out.
func proxyTable(head string, all []server, results [][]proxied) string {
	head += fmt.Sprintf("each client asks for a page of %d bytes again and again, and waits for it\n", pageSize)
	return tableOf(head, all, proxyRows, results)
}

// passThrough starts the proxy s, and has clients ask an origin through it.
func (l load) passThrough(s server) (f proxied, err error) {
	origin, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return f, err
	}
	var serving sync.WaitGroup
	defer serving.Wait()
	defer origin.Close()
	serving.Go(func() { serveOrigin(origin, &serving) })
	addr, p, err := s.start("")
	if err != nil {
		return f, err
	}
	defer p.End()
	o := origin.Addr().String()
	request := "GET http://" + o + "/page HTTP/1.1\r\nHost: " + o + "\r\nUser-Agent: load\r\nAccept: */*\r\n"
	if f.kept, err = l.ask(p, addr, request+"\r\n", &f.memory); err != nil {
		return f, err
	}
	f.each, err = l.ask(p, addr, request+"Connection: close\r\n\r\n", nil)
	return f, err
}

// ask has all clients send the request again and again, for as long as the load
// says. With memory it looks how much the proxy has then, all clients being there.
func (l load) ask(p *process.Process, addr, request string, memory *int64) (all passed, err error) {
	clients := make([]*asker, l.conns)
	errs := make([]error, l.conns)
	for i := range clients {
		clients[i] = &asker{proxy: addr, request: []byte(request)}
		defer clients[i].close()
		if err := clients[i].ask(); err != nil { // each is served once before the watch starts
			return all, err
		}
		clients[i].passed = passed{}
	}
	before, err := processorTime(probe.Look(p.PID()).PIDs)
	if err != nil {
		return all, err
	}
	began := time.Now()
	var talking sync.WaitGroup
	for i, c := range clients {
		talking.Go(func() {
			for errs[i] == nil && time.Since(began) < l.talk {
				errs[i] = c.ask()
			}
		})
	}
	talking.Wait()
	all.took = time.Since(began)
	after, err := processorTime(probe.Look(p.PID()).PIDs)
	if err != nil {
		return all, err
	}
	all.cpu = after - before
	for _, c := range clients {
		all.requests += c.requests
		all.dials += c.dials
	}
	if memory != nil {
		if *memory, err = probe.Memory(probe.Look(p.PID()).PIDs); err != nil {
			return all, errNoEvidence
		}
	}
	return all, errors.Join(errs...)
}

// processorTime returns what processes have used so far, the threads that have ended
// included: a proxy may have a thread for each connection. It is counted in ticks, of
// 10 ms on Linux, which is little in a second.
func processorTime(pids []int) (sum time.Duration, err error) {
	for _, pid := range pids {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			return 0, errNoEvidence
		}
		_, behind, _ := strings.Cut(string(text[strings.LastIndexByte(string(text), ')')+1:]), " ")
		fields := strings.Fields(behind) // from the third on, see proc_pid_stat(5)
		if len(fields) < 13 {
			return 0, errNoEvidence
		}
		for _, f := range fields[11:13] { // utime, stime
			ticks, err := strconv.Atoi(f)
			if err != nil {
				return 0, errNoEvidence
			}
			sum += time.Duration(ticks) * 10 * time.Millisecond
		}
	}
	return sum, nil
}

// An asker is a client of a proxy. It keeps its connection for as long as the proxy
// does.
type asker struct {
	passed
	proxy   string
	request []byte
	conn    *net.TCPConn
	replies *bufio.Reader
}

// ask sends one request and reads its reply. A proxy may end a connection between two
// requests without having said so; then the request is sent again over a new one, as a
// browser does it.
func (a *asker) ask() error {
	if a.conn != nil && !a.send() {
		a.close()
	}
	if a.conn == nil {
		conn, err := net.Dial("tcp", a.proxy)
		if err != nil {
			return err
		}
		a.conn = conn.(*net.TCPConn)
		a.replies = bufio.NewReader(conn)
		a.dials++
		a.send()
	}
	reply, err := http.ReadResponse(a.replies, nil)
	if err != nil {
		return err
	}
	n, err := io.Copy(io.Discard, reply.Body)
	if err != nil || n != pageSize || reply.StatusCode != http.StatusOK {
		return fmt.Errorf("not the page: %s, %d bytes, %v", reply.Status, n, err)
	}
	a.requests++
	if reply.Close || strings.Contains(string(a.request), "Connection: close") {
		a.close()
	}
	return nil
}

// send sends the request, and reports whether a reply has begun to come.
func (a *asker) send() bool {
	a.conn.SetDeadline(time.Now().Add(answerBound))
	if _, err := a.conn.Write(a.request); err != nil {
		return false
	}
	_, err := a.replies.Peek(1)
	return err == nil
}

func (a *asker) close() {
	if a.conn != nil {
		closeAll([]*net.TCPConn{a.conn})
		a.conn = nil
	}
}

// serveOrigin answers each request with the page, until ln is closed.
func serveOrigin(ln net.Listener, serving *sync.WaitGroup) {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		serving.Go(func() {
			defer conn.Close()
			answer(conn)
		})
	}
}

var page = []byte(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s",
	pageSize, strings.Repeat("x", pageSize)))

// answer answers requests without bodies, until the client has no more or wants to
// have its connection closed.
func answer(conn net.Conn) {
	r := bufio.NewReader(conn)
	for last := false; !last; {
		for {
			line, err := r.ReadSlice('\n')
			if err != nil {
				return
			}
			if len(line) <= 2 {
				break
			}
			last = last || strings.EqualFold(strings.TrimSpace(string(line)), "connection: close")
		}
		if _, err := conn.Write(page); err != nil {
			return
		}
	}
}
