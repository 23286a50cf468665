package weave

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"loopback/tools/base/called"
)

// fixCommand is what mends all that has exactly one right form.
var fixCommand = called.Command() + " weave --fix"

// Fix rewrites everything that can be generated: whole declarations, file
// headers, differences, scenarios, reports, curves, the sum of hours, where the glossary's terms are met,
// and the table of contents. It returns the files that it changed. Prose, parts
// and sessions it leaves alone, and so also a block whose source it cannot find.
func Fix(root string) (changed []string, err error) {
	b, err := load(root)
	if err != nil {
		return nil, err
	}
	write := func(file string, ls []string) {
		old, _ := b.text(file)
		if err != nil || bytes.Equal(old, joined(ls)) {
			return
		}
		changed = append(changed, file)
		err = os.WriteFile(filepath.Join(root, filepath.FromSlash(file)), joined(ls), 0o644)
	}
	for _, p := range b.pages {
		if ls, ok := b.rewoven(p); ok {
			write(p.file, ls)
		}
	}
	if ls, ok := b.summed(); ok {
		write(introduction, ls)
	}
	if len(changed) > 0 { // translations have the blocks of what is written by now
		if b, err = reload(b, err); err != nil {
			return changed, err
		}
	}
	for _, p := range b.translations {
		if ls, ok := b.retranslated(p); ok {
			write(p.file, ls)
		}
	}
	for _, p := range b.pages {
		for _, d := range p.curves {
			if file, want, fault := b.drawCurve(p, d); fault == "" {
				write(file, splitLines(string(want)))
			}
		}
	}
	if file, ls := b.remet(); file != "" {
		write(file, ls)
	}
	write(summaryFile, b.summary())
	return changed, err
}

// reload reads the book again, unless something has failed.
func reload(b *book, err error) (*book, error) {
	if err != nil {
		return b, err
	}
	return load(b.root)
}

// rewoven returns the lines of a page with its whole blocks written again, and
// whether that changes it.
func (b *book) rewoven(p *page) (ls []string, changed bool) {
	ls = slices.Clone(p.lines)
	for _, bl := range slices.Backward(p.blocks) { // from below, so that lines above stay where they are
		k := kinds[bl.kind]
		if k == nil || k.whole == nil || bl.part() || bl.indented {
			continue
		}
		want, err := k.whole(b, p, bl.args)
		if err != nil || slices.Equal(want, bl.lines) {
			continue
		}
		ls = slices.Replace(ls, bl.line, bl.line+len(bl.lines), want...)
		changed = true
	}
	return ls, changed
}

func joined(ls []string) []byte { return []byte(strings.Join(ls, "\n") + "\n") }
