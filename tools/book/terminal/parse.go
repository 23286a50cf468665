package terminal

import (
	"regexp"
	"strings"
)

// A section is what stands between two headings of level 2.
type section struct {
	title    string
	consoles []*console
}

// A console is one terminal.
type console struct {
	name     string
	line     int // of its directive
	commands []*command
}

// A command is one "$ " line with what it is to print.
type command struct {
	text string
	line int
	want []promise
}

// A promise is one line of output.
type promise struct {
	text string
	line int
}

var (
	directive = regexp.MustCompile(`^<!-- console:\s*(.*?)\s*-->\s*$`)
	// What an author does is carried out by another test, in a copy of the course.
	authors   = regexp.MustCompile(`^<!-- (author|write|change):`)
	fenceMark = regexp.MustCompile("^ {0,3}(```+|~~~+)(.*)$")
)

// A parser reads a chapter line by line.
type parser struct {
	sections []*section
	faults   []*complaint
	fence    string   // the marks that opened the fence we are in, or ""
	into     *console // whose fence we are in
	next     *console // whose directive was the last line that is not blank
	author   bool     // so was one for an author
}

// parse finds the sections of a chapter that have consoles.
func parse(text string) ([]*section, []*complaint) {
	p := &parser{sections: []*section{{title: "the beginning"}}}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, " \t\r\n")
		if p.fence != "" {
			p.inside(n, line)
		} else {
			p.outside(n, line)
		}
	}
	if p.fence != "" && p.into != nil {
		p.fault(p.into.line, "the block below is never closed: end it with a line %s", p.fence)
	}
	var used []*section
	for _, s := range p.sections {
		if len(s.consoles) > 0 {
			used = append(used, s)
		}
	}
	return used, p.faults
}

func (p *parser) fault(line int, format string, args ...any) {
	p.faults = append(p.faults, complain(line, format, args...))
}

// outside reads a line that is in no fence.
func (p *parser) outside(n int, line string) {
	if line == "" {
		return
	}
	due, author := p.next, p.author
	p.next, p.author = nil, authors.MatchString(line)
	mark := fenceMark.FindStringSubmatch(line)
	isConsole := mark != nil && strings.TrimSpace(mark[2]) == "console"
	switch {
	case due != nil && !isConsole:
		p.fault(due.line, "no block follows: put a line ```console directly below")
	case due == nil && isConsole && !author:
		p.fault(n, "this session is not run: put <!-- console: NAME --> above it")
	}
	if mark != nil {
		p.fence, p.into = mark[1], nil
		if isConsole {
			p.into = due
		}
		return
	}
	if title, ok := strings.CutPrefix(line, "## "); ok {
		p.sections = append(p.sections, &section{title: title})
	} else if d := directive.FindStringSubmatch(line); d != nil {
		p.next = p.console(n, d[1])
	}
}

// console adds a console to the section at hand.
func (p *parser) console(n int, name string) *console {
	here := p.sections[len(p.sections)-1]
	if name == "" {
		p.fault(n, "the console has no name: write <!-- console: server --> or the like")
	}
	for _, c := range here.consoles {
		if c.name == name {
			p.fault(n, "this section has a console %q already, in line %d: each is a terminal of its own, so give it "+
				"another name", name, c.line)
		}
	}
	c := &console{name: name, line: n}
	here.consoles = append(here.consoles, c)
	return c
}

// inside reads a line of a fence.
func (p *parser) inside(n int, line string) {
	if bare := strings.TrimSpace(line); strings.HasPrefix(bare, p.fence) && strings.Trim(bare, p.fence[:1]) == "" {
		if p.into != nil && len(p.into.commands) == 0 {
			p.fault(p.into.line, "the block has no command: begin it with a line \"$ command\"")
		}
		p.fence, p.into = "", nil
		return
	}
	c := p.into
	if c == nil {
		return
	}
	if text, ok := strings.CutPrefix(line, "$ "); ok {
		c.commands = append(c.commands, &command{text: text, line: n})
	} else if len(c.commands) == 0 {
		p.fault(n, "output without a command: begin the block with a line \"$ command\"")
	} else {
		last := c.commands[len(c.commands)-1]
		last.want = append(last.want, promise{text: line, line: n})
	}
}
