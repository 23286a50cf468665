package main

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
)

// This file is given: how the text of a target becomes a host and a port, and a
// host becomes addresses.

// splitAuthority returns the host and the port of "host:port" or "[IPv6]:port".
// Without a port it is ifNone; where ifNone is "" there must be one.
func splitAuthority(text, ifNone string) (host, port string, ok bool) {
	host, port = text, ""
	if i := strings.LastIndexByte(text, ':'); i > strings.LastIndexByte(text, ']') {
		host, port = text[:i], text[i+1:]
	}
	if port == "" {
		port = ifNone
	}
	if inner, found := strings.CutPrefix(host, "["); found {
		inner, found = strings.CutSuffix(inner, "]")
		addr, err := netip.ParseAddr(inner)
		return inner, port, found && err == nil && addr.Is6() && addr.Zone() == "" && isPort(port)
	}
	return host, port, isHost(host) && isPort(port)
}

// isHost reports whether s can be a name, or an IPv4 address.
func isHost(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && c != '-' && c != '.' && c != '_' {
			return false
		}
	}
	return s != "" && len(s) < 256
}

// isPort reports whether s is a number from 1 to 65535.
func isPort(s string) bool {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' || i > 4 {
			return false
		}
		n = 10*n + int(s[i]-'0')
	}
	return 0 < n && n <= 65535
}

// Names knows the addresses of hosts: those in the file of -hosts, and for the
// other names what the system knows, DNS included.
//
// A line of the file is a name and its addresses; a name without any does not
// exist. With several lines for one name the first lookup is answered by the
// first of them, the next lookup by the second, and so on; the last line goes
// on answering. That is how a name behaves whose owner changes it between two
// questions.
type names struct {
	mu    sync.Mutex
	lines map[string][][]netip.Addr
}

// readNames reads the file of -hosts; without a file there are no such names.
func readNames(file string) (*names, error) {
	n := &names{lines: map[string][][]netip.Addr{}}
	if file == "" {
		return n, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(data)) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		var addrs []netip.Addr
		for _, word := range words[1:] {
			addr, err := netip.ParseAddr(word)
			if err != nil {
				return nil, err
			}
			addrs = append(addrs, addr)
		}
		name := strings.ToLower(words[0])
		n.lines[name] = append(n.lines[name], addrs)
	}
	return n, nil
}

// lookup returns the addresses of host, at least one, in the order in which they
// should be tried. An address is its own. Each call is a new question, and may
// have another answer.
func (n *names) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{addr.Unmap()}, nil
	}
	addrs, known := n.own(strings.ToLower(host))
	var err error
	if !known {
		addrs, err = net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	}
	if err == nil && len(addrs) == 0 {
		err = errors.New("no address for " + host)
	}
	for i := range addrs {
		addrs[i] = addrs[i].Unmap()
	}
	return addrs, err
}

// own returns what the file says of a name this time, if it knows the name.
func (n *names) own(name string) (addrs []netip.Addr, known bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	lines := n.lines[name]
	if len(lines) == 0 {
		return nil, false
	}
	if len(lines) > 1 {
		n.lines[name] = lines[1:]
	}
	return slices.Clone(lines[0]), true
}

// isOurs reports whether addr belongs to this machine.
func isOurs(addr netip.Addr) bool {
	if addr.IsLoopback() {
		return true
	}
	all, _ := net.InterfaceAddrs()
	for _, a := range all {
		if prefix, err := netip.ParsePrefix(a.String()); err == nil && prefix.Addr() == addr {
			return true
		}
	}
	return false
}

// Ranges are ranges of addresses, such as 10.0.0.0/8; as a flag they are joined
// by commas.
type ranges []netip.Prefix

func (r *ranges) String() string { return "" }

func (r *ranges) Set(text string) error {
	for word := range strings.SplitSeq(text, ",") {
		prefix, err := netip.ParsePrefix(word)
		if err != nil {
			return err
		}
		*r = append(*r, prefix.Masked())
	}
	return nil
}

// contains reports whether addr is in one of the ranges.
func (r ranges) contains(addr netip.Addr) bool {
	for _, prefix := range r {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}
