package result

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

type suites struct {
	XMLName  xml.Name `xml:"testsuites"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Errors   int      `xml:"errors,attr"`
	Skipped  int      `xml:"skipped,attr"`
	Suites   []suite  `xml:"testsuite"`
}

type suite struct {
	Name     string  `xml:"name,attr"`
	Tests    int     `xml:"tests,attr"`
	Failures int     `xml:"failures,attr"`
	Errors   int     `xml:"errors,attr"`
	Skipped  int     `xml:"skipped,attr"`
	Seconds  seconds `xml:"time,attr"`
	Known    []known `xml:"properties>property"`
	Cases    []*test `xml:"testcase"`
}

// known is something else that is known about a suite.
type known struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type test struct {
	Unit    string   `xml:"classname,attr"`
	Name    string   `xml:"name,attr"`
	Seconds seconds  `xml:"time,attr"`
	File    string   `xml:"file,attr,omitempty"` // of the program, where the failure is
	Line    string   `xml:"line,attr,omitempty"`
	Failure *outcome `xml:"failure"`
	Error   *outcome `xml:"error"`
	Skipped *outcome `xml:"skipped"`
}

type outcome struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",cdata"`
}

// seconds is a time in milliseconds that is written in seconds.
type seconds int64

func (s seconds) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%d.%03d", s/1000, s%1000), nil
}

// JUnit returns the result as JUnit XML, which most systems for continuous
// integration read: a test suite for the unit and a test case for each scenario,
// whose failure has the verdict's code as its type. Points have no place in it.
// Of a scenario that learners do not see yet only the outcome is told. A challenge
// that is not passed is skipped: it fails nothing.
func JUnit(r *Result) ([]byte, error) {
	s := suite{Name: r.Unit, Known: []known{{"seed", strconv.Itoa(r.Seed)}}}
	for _, f := range r.Flags {
		s.Known = append(s.Known, known{"flag", printable(f)})
	}
	if r.Reason != "" {
		s.Known = append(s.Known, known{"reason", printable(r.Reason)})
	}
	if r.Status == NotBuilt {
		s.add(&test{Unit: r.Unit, Name: "build", Seconds: seconds(r.Build.Millis), Failure: &outcome{
			Message: "the program does not compile", Type: "build", Text: printable(r.Build.Output)}})
	} else {
		for _, t := range r.Tests {
			s.add(testCase(r.Unit, t))
		}
	}
	all := suites{Tests: s.Tests, Failures: s.Failures, Errors: s.Errors, Skipped: s.Skipped, Suites: []suite{s}}
	data, err := xml.MarshalIndent(all, "", "  ")
	return append([]byte(xml.Header), append(data, '\n')...), err
}

func (s *suite) add(t *test) {
	s.Cases = append(s.Cases, t)
	s.Tests++
	s.Seconds += t.Seconds
	switch {
	case t.Failure != nil:
		s.Failures++
	case t.Error != nil:
		s.Errors++
	case t.Skipped != nil:
		s.Skipped++
	}
}

func testCase(unit string, t *Test) *test {
	c := &test{Unit: unit, Name: t.ID + ": " + t.Title, Seconds: seconds(t.Millis)}
	o := &outcome{Message: t.Rationale, Type: string(t.Code), Text: printable(detail(t))}
	c.File, c.Line = t.place()
	if t.Visibility != "visible" {
		c.File, c.Line = "", ""
		c.Name = t.ID
		o = &outcome{Message: "not shown: its visibility is " + t.Visibility}
	}
	switch {
	case t.Status == Pass:
	case t.Challenge:
		c.Skipped = &outcome{Message: "challenge: not passed"}
	case t.Status == Skip:
		c.Skipped = o
	case t.Status == Error:
		c.Error = o
	default:
		c.Failure = o
	}
	return c
}

// place returns the first line of the program that the verdict names: "main.go", "26".
func (t *Test) place() (file, line string) {
	for _, w := range t.Where {
		at, _, _ := strings.Cut(w, " ")
		file, line, found := strings.Cut(at, ":")
		if _, err := strconv.Atoi(line); found && err == nil {
			return file, line
		}
	}
	return "", ""
}

// detail is what a learner needs besides the message.
func detail(t *Test) string {
	var b strings.Builder
	part := func(head, text string) {
		if text != "" {
			fmt.Fprintf(&b, "\n%s\n%s\n", head, text)
		}
	}
	if len(t.Compared) > 0 {
		part("Compared", strings.Join(t.Compared, "\n"))
	} else {
		part("Expected", t.Expected)
		part("Got", t.Actual)
	}
	part("In the program", strings.Join(t.Where, "\n"))
	part("Its last words", strings.Join(t.OutputTail, "\n"))
	part("On the wire", strings.Join(t.Timeline, "\n"))
	part("Help", t.Help)
	part("Read", t.See)
	if t.Line > 0 {
		part("Scenario", fmt.Sprintf("%s:%d", t.File, t.Line))
	}
	return b.String()
}

// printable replaces what XML cannot hold, as package xml does itself but for
// CDATA: a program may print anything.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
}
