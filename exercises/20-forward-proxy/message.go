package main

import (
	"bufio"
	"slices"
	"strings"
)

// This file is given: what a message of HTTP/1.1 is when it has been read, and
// which bytes may be where in it (RFC 9110, section 5, and RFC 9112).

// A field is one line of a header section, without its line end: a name, and a
// value without spaces and tabs round it.
type field struct{ name, value string }

// A message is a header section and the line in front of it.
type message struct {
	start  string // the request line or the status line, without its line end
	fields []field
}

// is reports whether f has this name. Names have no case.
func (f field) is(name string) bool { return strings.EqualFold(f.name, name) }

// values returns the value of each field with this name, in their order.
func (m *message) values(name string) []string {
	var all []string
	for _, f := range m.fields {
		if f.is(name) {
			all = append(all, f.value)
		}
	}
	return all
}

// elements returns the elements of the list that all fields with this name are
// together: "close, X-Old" has two.
func (m *message) elements(name string) []string {
	var all []string
	for element := range strings.SplitSeq(strings.Join(m.values(name), ","), ",") {
		if element = strings.Trim(element, " \t"); element != "" {
			all = append(all, element)
		}
	}
	return all
}

// lists reports whether element is in that list, in either case.
func (m *message) lists(name, element string) bool {
	for _, e := range m.elements(name) {
		if strings.EqualFold(e, element) {
			return true
		}
	}
	return false
}

// add puts one more field after the others.
func (m *message) add(name, value string) { m.fields = append(m.fields, field{name, value}) }

// remove takes all fields with this name away.
func (m *message) remove(name string) {
	m.fields = slices.DeleteFunc(m.fields, func(f field) bool { return f.is(name) })
}

// write writes m and the empty line after it. Errors of w show in w.Flush.
func (m *message) write(w *bufio.Writer) {
	w.WriteString(m.start + "\r\n")
	for _, f := range m.fields {
		w.WriteString(f.name + ": " + f.value + "\r\n")
	}
	w.WriteString("\r\n")
}

// isToken reports whether s is a token: what a method and the name of a field
// are. A token is not empty, and has no spaces in it.
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return s != ""
}

// isText reports whether s may be the value of a field: no byte of it controls
// anything, except for the tab. So there is no CR, no LF and no NUL in it.
func isText(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' && s[i] != '\t' || s[i] == 0x7f {
			return false
		}
	}
	return true
}

// isOld reports whether version is that of HTTP/1.0. Its error is status(505) for a version
// that is not 1.x, and status(400) for what is none.
func isOld(version string) (bool, error) {
	digits, found := strings.CutPrefix(version, "HTTP/")
	if !found || len(digits) != 3 || digits[1] != '.' || strings.Trim(digits, "0123456789") != "." {
		return false, status(400)
	}
	if digits[0] != '1' {
		return false, status(505)
	}
	return digits[2] == '0', nil
}
