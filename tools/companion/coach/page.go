package coach

import (
	"strings"
	"time"

	"loopback/tools/companion/progress"
)

// showFirst shows the report of the first failure while the rest is graded, but
// not of a task that was called off.
func (w *watcher) showFirst(one first) {
	if one.task != w.running || w.queued != nil {
		return
	}
	w.early = one.report
	w.head()
	s := w.c.Screen
	text := one.report
	if most := s.Height() - 2; s.Moves() && most > 0 {
		text, _ = s.Rows(text, most) // the line that tells what runs is below it
	}
	s.Print(text)
}

// head begins a new page.
func (w *watcher) head() {
	s := w.c.Screen
	s.Clear()
	if !s.Moves() {
		s.Printf("\n%s %s\n\n", time.Now().Format(time.TimeOnly), w.unit)
	}
}

// show shows the page of the exercise: the report, and what can be done now.
// Where lines cannot be rewritten, only what has not been shown yet.
func (w *watcher) show() {
	text := w.rec.Report
	if w.rec.State == progress.NotStarted {
		text = w.c.begin(w.unit, "")
	}
	footer := w.footer()
	s := w.c.Screen
	if rest, ok := strings.CutPrefix(text, w.early); ok && w.early != "" && !s.Moves() {
		w.early = "" // shown again it is shown whole
		s.Print(rest + "\n" + footer)
		return
	}
	w.head()
	s.Print(w.fitted(text, footer) + "\n" + footer)
}

// fitted shortens a page that is higher than the screen, so that what it begins
// with can be read: first the table goes, then the end of the report.
func (w *watcher) fitted(text, footer string) string {
	s := w.c.Screen
	if !s.Moves() || s.Height() == 0 || w.whole {
		return text
	}
	rows := func(text string) int {
		for n := strings.Count(text, "\n"); ; n++ {
			if _, all := s.Rows(text, n); all {
				return n
			}
		}
	}
	room := s.Height() - rows(footer) - 2 // the empty row above it, and the cursor's
	if rows(text) <= room {
		return text
	}
	report, table, ok := cutLast(text, "\n\n")
	if ok && w.rec.State == progress.Failing {
		table, _, _ = strings.Cut(table, "\n")
		if short := report + "\n\n" + table + "\n"; rows(short) <= room {
			return short
		}
		table += "\n"
	} else {
		report, table = text, ""
	}
	short, _ := s.Rows(report, max(room-1-strings.Count(table, "\n"), 1))
	return short + "... v shows all of it\n" + table
}

// cutLast is strings.Cut at the last sep.
func cutLast(text, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(text, sep); i >= 0 {
		return text[:i], text[i+len(sep):], true
	}
	return text, "", false
}
