package weave

import (
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// Measured figures are recorded, for no two runs give the same. What is checked
// is that the record is one: the command that prints such a table, with units
// that exist; the machine; and figures that can be true, a median between the
// least and the greatest. That it is the table of a real run is for the author
// to see to: run the command, and keep all that it prints.
var (
	measuredBy = regexp.MustCompile(`^\$ go run \./tools/measure/(load|splice)( |$)`)
	measuredOn = regexp.MustCompile(`^[a-z0-9]+/[a-z0-9]+, \d+ processors, go1\.\d+\S*; .*\b\d+ rounds$|^logical time: `)
	spread     = regexp.MustCompile(`([\d,.]+) \(([\d,.]+) to ([\d,.]+)\)`)
	unitLine   = regexp.MustCompile(`^\d\d-[a-z0-9-]+$`)
)

// wholeMeasured returns a recorded table, if it has the shape of one.
func (b *book) wholeMeasured(p *page, args string) ([]string, error) {
	name := path.Join(path.Dir(p.file), args)
	t, err := b.text(name)
	if err != nil {
		return nil, b.missing(name)
	}
	want := splitLines(strings.TrimRight(string(t), "\n"))
	if err := b.checkMeasured(name, want); err != nil {
		return nil, err
	}
	return want, nil
}

// computed is the second line of a table that is the same on every machine: its
// figures have no spread.
var computed = regexp.MustCompile(`^logical time: `)

func (b *book) checkMeasured(name string, table []string) error {
	if !measuredBy.MatchString(table[0]) {
		return fmt.Errorf("%s:1: a table begins with the command that prints it: "+
			"$ go run ./tools/measure/load, or splice", name)
	}
	if len(table) < 2 || !measuredOn.MatchString(table[1]) {
		return fmt.Errorf("%s:2: the second line says on what it was measured, as the command prints it", name)
	}
	figures := 0
	for i, line := range table[2:] {
		if unitLine.MatchString(line) {
			if _, ok := b.scenarios[line]; !ok {
				return fmt.Errorf("%s:%d: there is no unit %s", name, i+3, line)
			}
		}
		for _, m := range spread.FindAllStringSubmatch(line, -1) {
			figures++
			median, least, most := number(m[1]), number(m[2]), number(m[3])
			if !(least <= median && median <= most) {
				return fmt.Errorf("%s:%d: the median %s is outside its range", name, i+3, m[0])
			}
		}
	}
	if figures == 0 && !computed.MatchString(table[1]) {
		return fmt.Errorf("%s: there is no figure in it", name)
	}
	return nil
}

// number reads a number with commas between its thousands.
func number(s string) float64 {
	v, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64)
	if err != nil {
		return -1 // which is no median of anything
	}
	return v
}
