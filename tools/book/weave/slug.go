package weave

import (
	"fmt"
	"strings"
	"unicode"
)

// gitHubSlug returns the fragment that GitHub gives to a heading: letters,
// marks, digits, underscores and hyphens stay, a space becomes a hyphen.
func gitHubSlug(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-', unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.Pc):
			return r
		}
		return -1
	}, strings.ToLower(heading))
}

// mdBookSlug returns the fragment that mdBook 0.5 gives to a heading: letters,
// digits of all kinds, underscores and hyphens stay, white space becomes a
// hyphen.
func mdBookSlug(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return '-'
		case r == '-', r == '_', unicode.In(r, unicode.L, unicode.N):
			return r
		}
		return -1
	}, strings.ToLower(strings.TrimSpace(heading)))
}

// gitHubSlugs returns the fragments of a page. GitHub counts how often a slug
// came up and may so give one fragment twice; the first one wins.
func (p *page) gitHubSlugs() map[string]bool {
	count, ids := map[string]int{}, map[string]bool{}
	for _, h := range p.headings {
		id := gitHubSlug(h.text)
		n := count[id]
		count[id]++
		if n > 0 {
			id = fmt.Sprintf("%s-%d", id, n)
		}
		ids[id] = true
	}
	return ids
}

// mdBookSlugs returns the fragments of a page. mdBook counts on until the
// fragment is new.
func (p *page) mdBookSlugs() map[string]bool {
	ids := map[string]bool{}
	for _, h := range p.headings {
		slug := mdBookSlug(h.text)
		id := slug
		for n := 1; ids[id]; n++ {
			id = fmt.Sprintf("%s-%d", slug, n)
		}
		ids[id] = true
	}
	return ids
}
