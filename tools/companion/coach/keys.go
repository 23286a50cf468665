package coach

import (
	"context"
	"strings"

	"loopback/tools/base/screen"
	"loopback/tools/companion/progress"
	"loopback/tools/engine/build"
	"loopback/tools/engine/scenario"
)

// keys names the keys that mean something now.
func (w *watcher) keys() string {
	words := []string{"h hint", "l list", "n next", "p previous", "r run again", "c chapter"}
	if w.rec.State == progress.Done {
		words = append(words[1:], "s solution")
	}
	if len(w.rec.Open()) > 0 {
		words = append(words, "x challenge")
	}
	if w.rec.Race != progress.RaceNone {
		words = append(words, "d race detector")
	}
	return inRows(append(words, "q quit"), w.c.Screen.Width())
}

// inRows puts words beside each other, in as many rows as it takes.
func inRows(words []string, width int) string {
	var rows, row strings.Builder
	for _, word := range words {
		const gap = "   "
		switch {
		case row.Len() > 0 && row.Len()+len(gap)+len(word) > width:
			rows.WriteString(row.String() + "\n")
			row.Reset()
		case row.Len() > 0:
			row.WriteString(gap)
		}
		row.WriteString(word)
	}
	return rows.String() + row.String() + "\n"
}

// press answers a key. While something runs only those are answered at once
// that call it off.
func (w *watcher) press(ctx context.Context, key byte) {
	switch key {
	case 'q', screen.CtrlC:
		w.quit = true
	case 'n':
		w.move(ctx, 1)
	case 'p':
		w.move(ctx, -1)
	case 'h', 'l', 'r', 'c', 's', 'd', 'v', 'x', '?':
		if w.running != nil {
			w.key = key
			return
		}
		w.answer(ctx, key)
	}
}

func (w *watcher) answer(ctx context.Context, key byte) {
	s := w.c.Screen
	switch key {
	case 'h':
		text, err := w.c.hint(w.rec)
		if err != nil {
			text = err.Error() + "\n"
		}
		s.Print("\n" + text)
	case 'l':
		w.list(ctx)
	case 'r':
		w.grade(ctx, (*progress.Grader).Grade)
	case 'd':
		w.detect(ctx)
	case 'v':
		w.whole = true
		w.show()
	case 'c':
		w.chapter()
	case 's':
		s.Print("\n" + w.solution())
	case 'x':
		w.challenge()
	case '?':
		s.Print("\n" + w.keys())
	}
}

// solution returns what differs from the reference; a sealed one is not opened
// by a slip of the finger.
func (w *watcher) solution() string {
	if w.c.Sealed(w.rec) {
		return w.c.sealed(w.rec)
	}
	text, err := w.c.difference(w.rec)
	if err != nil {
		return err.Error() + "\n"
	}
	return text
}

// detect grades with the race detector, where there is one.
func (w *watcher) detect(ctx context.Context) {
	if err := build.Detector(ctx, w.c.Root); err != nil {
		w.c.Screen.Printf("\n%v.\n", err)
		return
	}
	w.grade(ctx, (*progress.Grader).Race)
}

// list shows the board below the page.
func (w *watcher) list(ctx context.Context) {
	w.start(ctx, func(ctx context.Context, _ *task) func() {
		b, err := w.c.Board(ctx)
		return func() {
			if err == nil {
				b.Place = w.unit
				w.c.Screen.Print("\n" + w.c.board(b, w.c.Screen.Width()) + "\n" + w.keys())
			}
		}
	})
}

// move goes to another exercise.
func (w *watcher) move(ctx context.Context, by int) {
	to := w.c.after(w.unit, by)
	if to == "" {
		w.c.Screen.Printf("\nThere is no other exercise that way.\n")
		return
	}
	w.unit = to
	w.c.GoTo(to)
	w.grade(ctx, nil)
}

// after returns the next exercise that is not known to be done, or the one
// before unit, done or not; "" when there is none.
func (c *Coach) after(unit string, by int) string {
	at := -1
	for i, name := range c.Names {
		if name == unit {
			at = i
		}
	}
	if by < 0 {
		if at < 1 {
			return ""
		}
		return c.Names[at-1]
	}
	for i := 1; i < len(c.Names); i++ {
		if name := c.Names[(at+i)%len(c.Names)]; c.known(name).State != progress.Done {
			return name
		}
	}
	return ""
}

// chapter says where to read on, and shows it when there is something to show
// it with.
func (w *watcher) chapter() {
	path := Chapter(w.unit)
	if u, err := w.c.load(w.unit); err == nil && w.rec.State == progress.Failing {
		if sc := u.Scenario(w.rec.First.Scenario); sc != nil {
			path = readOr(sc.Read, w.unit)
		}
	}
	if w.o.Read == nil {
		w.c.Screen.Printf("\nRead %s\n", path)
		return
	}
	file, _, _ := strings.Cut(path, "#")
	w.o.Keys.Lend(func() { w.o.Read(file) })
	w.show()
	w.c.Screen.Printf("\nRead %s\n", path)
}

func (c *Coach) load(unit string) (*scenario.Unit, error) { return scenario.LoadUnit(c.Root, unit) }
