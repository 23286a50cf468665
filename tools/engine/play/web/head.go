package web

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/wire"
)

// A header is a header section of HTTP as it came: the line in front, and fields
// in their order.
type header struct {
	start  string
	fields []headerField
	odd    string // the first line that is no field, or "" when there is none
}

type headerField struct{ line, name, value string }

// endOfHead is what a header section ends with.
var endOfHead = []byte("\r\n\r\n")

// parseHeader reads a header section, all of it. It looks for what the grader
// needs and takes what it gets: whether it is right is judged by what it should be.
func parseHeader(data []byte) header {
	lines := strings.Split(string(bytes.TrimSuffix(data, endOfHead)), "\r\n")
	h := header{start: lines[0]}
	for _, line := range lines[1:] {
		f := fieldOf(line)
		if f.name == "" && h.odd == "" {
			h.odd = line
		}
		h.fields = append(h.fields, f)
	}
	return h
}

func fieldOf(line string) headerField {
	name, value, found := strings.Cut(line, ":")
	if !found || name == "" || strings.ContainsAny(name, " \t\n") {
		return headerField{line: line}
	}
	return headerField{line, strings.ToLower(name), strings.Trim(value, " \t")}
}

// joined returns the values of the fields with this name, as one list.
func (h header) joined(name string) string {
	var all []string
	for _, f := range h.fields {
		if f.name == name {
			all = append(all, f.value)
		}
	}
	return strings.Join(all, ", ")
}

func (h header) has(name string) bool {
	return slices.ContainsFunc(h.fields, func(f headerField) bool { return f.name == name })
}

// free are the fields that may be there although they were not asked for.
var free = map[string]bool{"via": true, "connection": true}

// ownHop are fields that a proxy does not pass on, or writes by itself: they may be no trailers.
var ownHop = map[string]bool{"connection": true, "keep-alive": true, "proxy-connection": true,
	"proxy-authorization": true, "proxy-authenticate": true, "te": true, "upgrade": true,
	"transfer-encoding": true, "content-length": true, "host": true}

// caseless are fields whose values have no case.
var caseless = map[string]bool{"connection": true, "transfer-encoding": true, "host": true}

// misfit returns the first thing in which got differs from want, "" when it does
// not, and what should have come in its place: got with as few changes as possible.
func (h header) misfit(got header) (problem string, meant []byte) {
	note := func(text string) {
		if problem == "" {
			problem = text
		}
	}
	lines := []string{h.start}
	if got.start != h.start {
		note("its first line is another one")
	}
	seen := map[string]bool{}
	for _, f := range got.fields {
		switch {
		case f.name == "":
			note("a line in it is not a field")
		case !h.has(f.name) && free[f.name]:
			lines = append(lines, f.line)
		case !h.has(f.name):
			note("the field " + f.line + " should not be there")
		case seen[f.name]:
		default:
			seen[f.name] = true
			same := h.joined(f.name) == got.joined(f.name) ||
				caseless[f.name] && strings.EqualFold(h.joined(f.name), got.joined(f.name))
			if !same {
				note("the field " + f.line + " is not the one expected")
			}
			lines = append(lines, h.linesOf(f.name, got, same)...)
		}
	}
	for _, f := range h.fields {
		if !seen[f.name] {
			note("the field " + f.line + " is missing")
			lines = append(lines, f.line)
		}
	}
	return problem, []byte(strings.Join(lines, "\r\n") + "\r\n\r\n")
}

// linesOf returns the lines of a field: those that came, where they are as good.
func (h header) linesOf(name string, got header, same bool) (lines []string) {
	from := h
	if same {
		from = got
	}
	for _, f := range from.fields {
		if f.name == name {
			lines = append(lines, f.line)
		}
	}
	return lines
}

// status returns the code of a status line, 0 when it is none.
func (h header) status() int {
	words := strings.SplitN(h.start, " ", 3)
	if !strings.HasPrefix(h.start, "HTTP/1.") || len(words) < 2 {
		return 0
	}
	code, err := strconv.Atoi(words[1])
	if err != nil || code < 100 || code > 999 {
		return 0
	}
	return code
}

// A content is what follows a header section, as it comes.
type content struct {
	chunked  bool
	untilEnd bool
	left     int    // of the content, or of the chunk
	line     []byte // the beginning of a line between chunks
	inData   bool
	trailing bool // the last chunk has come
	over     bool
	bad      string // why it is no content
	stray    string // the line that is meant by bad, if it is a trailer
}

// content returns how the content behind h is framed.
func (h header) content() *content {
	code, length := h.status(), h.joined("content-length")
	c := &content{}
	switch {
	case 100 <= code && code < 200 || code == 204 || code == 304:
		c.over = true
	case strings.EqualFold(h.joined("transfer-encoding"), "chunked"):
		c.chunked = true
	case length != "":
		n, err := strconv.Atoi(length)
		if c.left = n; err != nil || n < 0 {
			c.bad = "its Content-Length is not a number"
		}
		c.over = n == 0
	default:
		c.untilEnd, c.over = code > 0, code == 0
	}
	return c
}

// most is how many bytes may be read now without one that is not the content's, where n
// are expected.
func (c *content) most(n int) int {
	switch {
	case c.untilEnd:
		return max(n, 1)
	case c.chunked && !c.inData:
		return 1
	}
	return c.left
}

// take takes bytes that came, and returns what of them is content.
func (c *content) take(data []byte) []byte {
	switch {
	case c.untilEnd:
		return data
	case !c.chunked:
		c.left -= len(data)
		c.over = c.left == 0
		return data
	case c.inData:
		c.left -= len(data)
		c.inData = c.left > 0
		if !c.inData {
			c.line = []byte{0} // a CR LF must come
		}
		return data
	}
	if c.line = append(c.line, data...); bytes.HasSuffix(c.line, []byte("\n")) {
		c.endLine(string(c.line))
		c.line = nil
	}
	return nil
}

// endLine takes a line between two chunks.
func (c *content) endLine(line string) {
	text, ok := strings.CutSuffix(line, "\r\n")
	switch {
	case !ok:
		c.bad = "a line between two chunks does not end with CR LF"
	case text == "\x00": // behind a chunk
	case strings.HasPrefix(text, "\x00"):
		c.bad = "after a chunk there is no CR LF"
	case c.trailing && ownHop[fieldOf(text).name]:
		c.bad, c.stray = "a trailer is a field that is not passed on", text
	case c.trailing:
		c.over = text == ""
	default:
		digits, _, _ := strings.Cut(text, ";")
		n, err := strconv.ParseUint(strings.TrimRight(digits, " \t"), 16, 31)
		if err != nil {
			c.bad = "the line in front of a chunk is not a size"
		}
		c.left, c.inData, c.trailing = int(n), n > 0, n == 0
	}
}

// contents are what follows the last header section of each connection.
type contents map[*wire.Conn]*content

func contentsOf(s *scene.Scene) contents {
	all := scene.Of[contents](s)
	if *all == nil {
		*all = contents{}
	}
	return *all
}
