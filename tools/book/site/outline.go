package site

import (
	"fmt"
	"html"
	"regexp"
	"strings"

	"loopback/tools/book/weave"
)

// firstPage is the page that lists the units, with their hours.
const firstPage = "introduction.md"

var unitPage = regexp.MustCompile(`^([0-9]{2})-[a-z0-9-]+\.md$`)

// A stop is a chapter on the way through the book.
type stop struct {
	number     string // of its unit: "05"; "" for a page that is none
	path, name string // the name with the number
	place      weave.Place
	prev, next page // the stops beside it; their paths are "" at the ends
}

// outline finds the stops of a book: their order, numbers, parts and hours.
// Commands are given numbers of units, so pages and their names have them, too.
func (s *site) outline(book map[string]any) {
	items, _ := book[listOf(book)].([]any)
	var order []page
	places := map[string]weave.Place{}
	for _, item := range items {
		m, _ := item.(map[string]any)
		c, _ := m["Chapter"].(map[string]any)
		path, _ := c["path"].(string)
		if path == "" { // a separator, the title of a part, a page that is planned
			continue
		}
		name, _ := c["name"].(string)
		order = append(order, page{path, name})
		if path == firstPage {
			content, _ := c["content"].(string)
			places = weave.Outline(content)
		}
	}
	s.stops = map[string]stop{}
	for i, p := range order {
		if m := unitPage.FindStringSubmatch(p.path); m != nil {
			order[i].name = m[1] + " " + p.name
		}
	}
	for i, p := range order {
		here := stop{path: p.path, name: p.name, place: places[p.path]}
		if m := unitPage.FindStringSubmatch(p.path); m != nil {
			here.number = m[1]
		}
		if i > 0 {
			here.prev = order[i-1]
		}
		if i+1 < len(order) {
			here.next = order[i+1]
		}
		s.stops[p.path] = here
	}
}

// dress adds to a chapter what a reader of the site wants to know: above, the part
// and the time; in the heading, the number; below, where to go on.
func dress(content string, s stop) string {
	if s.name == "" {
		return content
	}
	head := ""
	if s.place.Part != "" {
		head = fmt.Sprintf("<p class=\"place\">%s · about %s</p>\n\n", html.EscapeString(s.place.Part),
			hours(s.place.Hours))
	}
	if s.number != "" {
		if title, ok := strings.CutPrefix(content, "# "); ok {
			content = "# " + s.number + " " + title
		}
	}
	if foot := neighbours(s); foot != "" {
		return head + strings.TrimRight(content, "\n") + "\n\n" + foot
	}
	return head + content
}

// hours says how long, in words.
func hours(n string) string {
	switch n {
	case "½":
		return "half an hour"
	case "1":
		return "1 hour"
	}
	return n + " hours"
}

// neighbours is the links at the foot of a chapter.
func neighbours(s stop) string {
	var b strings.Builder
	up := strings.Repeat("../", strings.Count(s.path, "/")) // a translation lies in a folder
	for _, l := range []struct {
		rel, word string
		to        page
	}{{"prev", "Previous", s.prev}, {"next", "Next", s.next}} {
		if l.to.path != "" {
			fmt.Fprintf(&b, "<a rel=\"%s\" href=\"%s\"><span>%s</span> %s</a>\n", l.rel, up+l.to.path, l.word,
				html.EscapeString(l.to.name))
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "<nav class=\"neighbours\" aria-label=\"The chapters beside this one\">\n" + b.String() + "</nav>\n"
}
