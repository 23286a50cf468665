package weave

import (
	"path"
	"slices"
)

// checkScenarios checks that a chapter names every scenario of its unit, in
// backticks, and no other.
func (b *book) checkScenarios(p *page) {
	if p.unit == "" {
		return
	}
	names := b.scenarios[p.unit]
	seen := map[string]bool{}
	for _, s := range p.spans {
		if !unitName.MatchString(s.text) || slices.Contains(b.units, s.text) {
			continue
		}
		seen[s.text] = true
		if !slices.Contains(names, s.text) {
			b.report(p.file, s.line, "testdata/%s has no scenario `%s`%s", p.unit, s.text,
				suggest("", s.text, slices.Clone(names)))
		}
	}
	for _, n := range names {
		if !seen[n] {
			b.report(path.Join("testdata", p.unit, n+".txtar"), 1,
				"never named in %s: say in its table of scenarios what `%s` does", p.file, n)
		}
	}
}
