// Package curve draws latency against offered load: a picture, as an SVG file, of
// figures that were measured and written to a CSV file.
//
// Each server has a line for its median latency and one for its p99. The scale of
// the load is linear and that of the latency logarithmic, since a server that is
// overloaded is a thousand times slower than one that is not. A thin upright line
// at each p99 goes from the least to the greatest of all rounds. Where there is no
// figure, since the load generator was the bottleneck, the line is broken.
//
// The same file gives the same picture, byte for byte.
package curve

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// A line is what one server did.
type line struct {
	name   string
	points []point
}

// A point is one offered load, in per cent, and latencies in ms. Without figures
// they are 0.
type point struct {
	offered              float64
	p50, p99             float64
	p99Least, p99Highest float64
}

// Draw returns the picture of the figures in a CSV file; the title is for those who
// do not see it. The error says which line of the file is wrong.
func Draw(title string, file []byte) ([]byte, error) {
	lines, err := read(file)
	if err != nil {
		return nil, err
	}
	return draw(title, lines), nil
}

// needed are the columns that are drawn. The file may have others.
var needed = []string{"server", "offered", "p50", "p99", "p99_least", "p99_greatest"}

// read reads a file whose first record names its columns.
func read(file []byte) (lines []line, err error) {
	r := csv.NewReader(bytes.NewReader(file))
	r.Comment = '#'
	names, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("no columns: %w", err)
	}
	at := make([]int, len(needed))
	for i, name := range needed {
		if at[i] = slices.Index(names, name); at[i] < 0 {
			return nil, fmt.Errorf("there is no column %s", name)
		}
	}
	rows, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	for n, row := range rows {
		fields := make([]string, len(needed))
		for i := range needed {
			fields[i] = row[at[i]]
		}
		p, err := pointOf(fields[1:])
		if err != nil {
			return nil, fmt.Errorf("record %d, %s: %w", n+1, fields[0], err)
		}
		i := slices.IndexFunc(lines, func(l line) bool { return l.name == fields[0] })
		if i < 0 {
			i, lines = len(lines), append(lines, line{name: fields[0]})
		}
		lines[i].points = append(lines[i].points, p)
	}
	return lines, whole(lines)
}

// pointOf reads the fields of a point; all but the first may be empty.
func pointOf(fields []string) (p point, err error) {
	values := []*float64{&p.offered, &p.p50, &p.p99, &p.p99Least, &p.p99Highest}
	if !slices.ContainsFunc(fields[1:], func(f string) bool { return f != "" }) {
		fields, values = fields[:1], values[:1]
	}
	for i, f := range fields {
		if *values[i], err = strconv.ParseFloat(f, 64); err != nil || !(*values[i] > 0 && *values[i] < 1e6) {
			return p, fmt.Errorf("%q is not a figure", f)
		}
	}
	if p.known() && !(p.p50 <= p.p99 && p.p99Least <= p.p99 && p.p99 <= p.p99Highest) {
		return p, errors.New("a p99 is at least the p50, and between its least and its greatest")
	}
	return p, nil
}

// known reports whether there are figures.
func (p point) known() bool { return p.p50 > 0 }

// whole reports what keeps lines from being drawn.
func whole(lines []line) error {
	figures := 0
	for _, l := range lines {
		byLoad := func(a, b point) int { return int(a.offered - b.offered) }
		if !slices.IsSortedFunc(l.points, byLoad) {
			return fmt.Errorf("the loads of %s do not rise", l.name)
		}
		for _, p := range l.points {
			if p.known() {
				figures++
			}
		}
	}
	if figures == 0 {
		return errors.New("there is no figure in it")
	}
	return nil
}
