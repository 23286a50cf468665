package site

import (
	"regexp"
	"strings"
)

var fence = regexp.MustCompile("^ {0,3}(```+|~~~+)")

// What a line is to the fences of a page.
const (
	outside = iota
	first   // it opens a fence
	inside
	last // it closes one
)

// fences reads a page line by line.
type fences struct{ open string } // the marks of the fence that we are in

func (f *fences) read(line string) int {
	mark := fence.FindStringSubmatch(line)
	switch {
	case f.open == "" && mark == nil:
		return outside
	case f.open == "":
		f.open = mark[1]
		return first
	case mark != nil && strings.HasPrefix(mark[1], f.open) && strings.Trim(line, " \r\n`~") == "":
		f.open = ""
		return last
	}
	return inside
}
