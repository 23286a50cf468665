package weave

import (
	"bytes"
	"fmt"
	"path"

	"loopback/tools/base/curve"
)

// A curve is a picture of measured figures:
//
//	<!-- curve: FILE.csv -->
//	![what it shows](pictures/NAME.svg)
//
// Nothing has to be run to know whether it is right, since the figures are
// recorded: the picture is what package curve draws of them.

// drawCurve returns the picture that the directive d asks for and the file that it
// belongs in. The fault says what is wrong, "" when nothing is.
func (b *book) drawCurve(p *page, d drawing) (file string, svg []byte, fault string) {
	file, alt, fault := p.image(d)
	if fault != "" {
		return file, nil, fault
	}
	from := path.Join(path.Dir(p.file), d.args)
	figures, err := b.text(from)
	if err != nil {
		return file, nil, b.missing(from).Error()
	}
	svg, err = curve.Draw(alt, figures)
	if err != nil {
		return file, nil, fmt.Sprintf("%s: %v", from, err)
	}
	return file, svg, ""
}

// checkCurve checks that a curve is that of its figures, and returns its file.
func (b *book) checkCurve(p *page, d drawing) string {
	file, want, fault := b.drawCurve(p, d)
	if fault != "" {
		b.report(p.file, d.line, "%s", fault)
		return file
	}
	switch have, err := b.text(file); {
	case err != nil:
		b.report(p.file, d.line+1, "%s has not been drawn yet; draw it with: %s", file, fixCommand)
	case !bytes.Equal(have, want):
		b.report(p.file, d.line+1, "stale: %s is not what %s gives: draw it again with: %s, and look at it",
			file, d.args, fixCommand)
	}
	return file
}
