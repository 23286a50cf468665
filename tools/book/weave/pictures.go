package weave

import (
	"bytes"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
)

// A Picture is the timeline of a scenario that a page shows, drawn in a file
// of its own and, for readers and machines that do not see it, as text. The
// scenario has to be run to know whether it is right; package picture does so.
//
//	<!-- picture: UNIT/SCENARIO -->                  played by the solution
//	<!-- picture: UNIT/SCENARIO of wrong/NAME -->    played by another program
//	![what it shows](pictures/NAME.svg)
//
//	<!-- timeline: UNIT/SCENARIO -->
//
// A picture that is drawn by hand has <!-- sketch: WHAT --> above its image.
type Picture struct {
	Page     string // relative to the root, with slashes
	Line     int    // of the directive
	Args     string // of the directive
	Unit     string
	Scenario string
	Program  string // the folder of the program, relative to the root
	File     string // the drawing, relative to the root
	Alt      string // what the image says to those who do not see it
	Steps    []string
	StepsAt  int // the line of the fence above Steps; 0 when there is none
}

// picturesDir is where the drawings are.
const picturesDir = "chapters/pictures"

// A drawing is a picture's directive as it stands in a page.
type drawing struct {
	line int
	args string
}

var pictureArgs = regexp.MustCompile(`^([^\s/]+)/([^\s/]+)(?: of (solution|(?:wrong|right)/[^\s/]+))?$`)

// Pictures returns the pictures of all pages, in order; those whose directive
// [Check] complains about are left out.
func Pictures(root string) ([]Picture, error) {
	b, err := load(root)
	if err != nil {
		return nil, err
	}
	var all []Picture
	for _, p := range b.pages {
		for _, d := range p.drawings {
			if pic, fault := b.picture(p, d); fault == "" {
				all = append(all, pic)
			}
		}
	}
	return all, nil
}

// picture reads the directive d and the image below it. The fault says what is
// wrong, "" when nothing is.
func (b *book) picture(p *page, d drawing) (pic Picture, fault string) {
	pic = Picture{Page: p.file, Line: d.line, Args: d.args}
	if pic.File, pic.Alt, fault = p.image(d); fault != "" {
		return pic, fault
	}
	m := pictureArgs.FindStringSubmatch(d.args)
	if m == nil {
		return pic, fmt.Sprintf("write UNIT/SCENARIO, or UNIT/SCENARIO of wrong/NAME, and not %q", d.args)
	}
	pic.Unit, pic.Scenario, pic.Program = m[1], m[2], path.Join("solutions", m[1])
	if m[3] != "" && m[3] != "solution" {
		pic.Program = path.Join("testdata", m[1], m[3])
	}
	switch {
	case !slices.Contains(b.units, pic.Unit):
		return pic, fmt.Sprintf("there is no unit %s%s", pic.Unit, suggest("", pic.Unit, slices.Clone(b.units)))
	case !slices.Contains(b.scenarios[pic.Unit], pic.Scenario):
		return pic, fmt.Sprintf("testdata/%s has no scenario %s%s", pic.Unit, pic.Scenario,
			suggest("", pic.Scenario, slices.Clone(b.scenarios[pic.Unit])))
	case !b.exists(pic.Program):
		return pic, b.missing(pic.Program).Error()
	}
	for _, bl := range p.blocks {
		if bl.kind == "timeline" && bl.args == d.args {
			pic.Steps, pic.StepsAt = bl.lines, bl.line
		}
	}
	return pic, ""
}

// image returns the file and the text of the image below the directive d.
func (p *page) image(d drawing) (file, alt, fault string) {
	i := slices.IndexFunc(p.links, func(l link) bool { return l.image && l.line == d.line+1 })
	if i < 0 {
		return "", "", "no image stands directly below this directive: write ![what it shows](pictures/NAME.svg)"
	}
	file = path.Join(path.Dir(p.file), p.links[i].dest)
	if path.Dir(file) != picturesDir || path.Ext(file) != ".svg" {
		return "", "", fmt.Sprintf("a picture is a file pictures/NAME.svg, and not %s", p.links[i].dest)
	}
	return file, p.links[i].text, ""
}

// checkPictures checks all of a picture that can be seen without running its
// scenario.
func (b *book) checkPictures() {
	drawnFor := map[string]string{} // by file: the directive
	for _, p := range b.pages {
		for _, d := range p.drawings {
			pic, fault := b.picture(p, d)
			before, twice := drawnFor[pic.File]
			switch {
			case fault != "":
				b.report(p.file, d.line, "%s", fault)
				if pic.File == "" {
					continue
				}
			case !b.exists(pic.File):
				b.report(p.file, d.line+1, "%s has not been drawn yet; draw it with: %s", pic.File, fixCommand)
			case pic.StepsAt == 0:
				b.report(p.file, d.line+1, "nowhere does the page tell as text what this picture shows: put <!-- "+
					"timeline: %s --> and an empty ```text fence below it, and write it with: %s", d.args, fixCommand)
			case twice && before != d.args:
				b.report(p.file, d.line+1, "%s is the picture of %s already: give this one another name",
					pic.File, before)
			}
			drawnFor[pic.File] = d.args
		}
		for _, d := range p.sketches {
			drawnFor[b.sketch(p, d)] = d.args
		}
		for _, d := range p.curves {
			drawnFor[b.checkCurve(p, d)] = d.args
		}
		b.checkUndirected(p)
	}
	files, _ := filepath.Glob(filepath.Join(b.root, filepath.FromSlash(picturesDir), "*"))
	for _, f := range files {
		name := path.Join(picturesDir, filepath.Base(f))
		if _, shown := drawnFor[name]; !shown {
			b.report(name, 1, "an orphan: no page shows this picture; show it below its directive, or delete it")
		}
	}
}

// sketch checks a picture that is drawn by hand, and returns its file. Nothing
// can tell whether it is true: it is for what no scenario shows, and it must say
// in words what it draws.
func (b *book) sketch(p *page, d drawing) (file string) {
	i := slices.IndexFunc(p.links, func(l link) bool { return l.image && l.line == d.line+1 })
	if i < 0 || d.args == "" {
		b.report(p.file, d.line,
			"a sketch is <!-- sketch: WHAT IT IS -->, and directly below it ![what it shows](pictures/NAME.svg)")
		return ""
	}
	file = path.Join(path.Dir(p.file), p.links[i].dest)
	text, err := b.text(file)
	switch {
	case path.Dir(file) != picturesDir || path.Ext(file) != ".svg":
		b.report(p.file, d.line+1, "a picture is a file pictures/NAME.svg, and not %s", p.links[i].dest)
	case err != nil:
		b.report(p.file, d.line+1, "%v", b.missing(file))
	case !bytes.Contains(text, []byte("<title>")) || !bytes.Contains(text, []byte("<desc>")):
		b.report(file, 1, "the sketch needs a <title> and a <desc>, which say in words what it draws")
	}
	return file
}

// checkUndirected reports the images and timelines of a page that no directive
// of a picture belongs to.
func (b *book) checkUndirected(p *page) {
	has := func(f func(d drawing) bool) bool { return slices.ContainsFunc(p.drawings, f) }
	for _, l := range p.links {
		above := func(d drawing) bool { return d.line+1 == l.line }
		if l.image && !has(above) && !slices.ContainsFunc(slices.Concat(p.sketches, p.curves), above) {
			b.report(p.file, l.line,
				"an image that nothing checks: put <!-- picture: UNIT/SCENARIO --> directly above it")
		}
	}
	for _, bl := range p.blocks {
		if bl.kind == "timeline" && !has(func(d drawing) bool { return d.args == bl.args }) {
			b.report(p.file, bl.line-1, "no picture of this page shows %q: the two directives must say the same",
				bl.args)
		}
	}
}
