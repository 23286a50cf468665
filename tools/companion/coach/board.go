package coach

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"loopback/tools/base/screen"
	"loopback/tools/companion/progress"
)

// A Board is how far every exercise is.
type Board struct {
	Records []progress.Record // in the order of the units
	Place   string            // what to do next, or ""
}

// Board finds out how far every exercise is: it reads what is known and grades
// what has changed.
func (c *Coach) Board(ctx context.Context) (*Board, error) {
	b := &Board{}
	states := map[string]progress.State{}
	var edited []string
	for i, name := range c.Names {
		r := c.record(ctx, name, fmt.Sprintf("%d of %d: %s", i+1, len(c.Names), name), (*progress.Grader).Now, nil)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b.Records = append(b.Records, r)
		states[name] = r.State
		if r.Fresh && r.State.Begun() {
			edited = append(edited, name)
		}
	}
	if len(edited) == 1 { // more at once were not edited, but brought by Git
		c.GoTo(edited[0])
	}
	b.Place = c.Place(func(unit string) progress.State { return states[unit] })
	return b, nil
}

// leastTitle is how many columns of a title say something.
const leastTitle = 16

// board returns the lines of a board, one for each unit, at most width columns
// wide, without what to do next.
func (c *Coach) board(b *Board, width int) string {
	done := 0
	for _, r := range b.Records {
		if r.State == progress.Done {
			done++
		}
	}
	var out strings.Builder
	fmt.Fprintf(&out, "Loopback: %d of %d exercises done%s\n\n", done, len(b.Records),
		c.mended(", %d of %d programs mended"))
	wide := 19
	for _, r := range b.Records {
		wide = max(wide, utf8.RuneCountInString(state(r)))
	}
	for _, r := range b.Records {
		sign := " "
		if r.Unit == b.Place {
			sign = ">"
		}
		line := fmt.Sprintf("%s %-25s %-*s", sign, r.Unit, wide, state(r))
		if utf8.RuneCountInString(line)+leastTitle <= width {
			line += " " + c.Title(r.Unit)
		}
		fmt.Fprintln(&out, screen.Cut(strings.TrimRight(line, " "), width))
	}
	return out.String()
}

// Text returns a board with what to do next and where to find help.
func (c *Coach) Text(b *Board, width int) string {
	return c.board(b, width) + "\n" + c.next(b) + racing(b) + c.help(b)
}

// state says in a few words how far an exercise is.
func state(r progress.Record) string {
	switch r.State {
	case progress.Failing:
		return fmt.Sprintf("%d of %d", r.Passed, r.Total)
	case progress.Done:
		done := strings.TrimSpace("done " + stars(r))
		if raced := racedWords[r.Race]; raced != "" {
			return done + ", " + raced
		}
		if len(r.Left) > 0 {
			return fmt.Sprintf("%s, %d not run", done, len(r.Left))
		}
		return done
	}
	return string(r.State)
}

// racedWords say in two words what has not passed with the race detector.
var racedWords = map[progress.Raced]string{
	progress.RaceUntried: "-race untried",
	progress.RaceStale:   "-race stale",
	progress.RaceFailed:  "-race fails",
}

// racing names the exercises that were not tried with the race detector since
// they were edited.
func racing(b *Board) string {
	var units []string
	for _, r := range b.Records {
		if r.State == progress.Done && (r.Race == progress.RaceUntried || r.Race == progress.RaceStale) {
			units = append(units, "./exercises/"+r.Unit)
		}
	}
	if len(units) == 0 {
		return ""
	}
	return "\nWith a C compiler, also look for data races:\n  go test -race " + strings.Join(units, " ") + "\n"
}

// next says what to do next.
func (c *Coach) next(b *Board) string {
	var r progress.Record
	for _, one := range b.Records {
		if one.Unit == b.Place {
			r = one
		}
	}
	switch r.State {
	case progress.NotStarted:
		return fmt.Sprintf("Next: read %s, then edit %s.\n", Chapter(r.Unit), Program(r.Unit))
	case progress.NotBuilt:
		return fmt.Sprintf("Next: %s does not compile.\n%s", Program(r.Unit), r.Error+"\n")
	case progress.Failing:
		return fmt.Sprintf("Next: %s of %s fails (%s). Edit %s.\n", r.First.Scenario, r.Unit,
			r.First.Code, Program(r.Unit))
	case progress.CannotGrade:
		return r.Report
	}
	return "All exercises pass. Break one on purpose and read what the grader says.\n"
}

// help says which verbs help with what to do next.
func (c *Coach) help(b *Board) string {
	var rows [][2]string
	if b.Place != "" {
		rows = append(rows, [2]string{"watch", "grades each time you save"},
			[2]string{"hint", "the next hint for what fails"}, c.experiment(b.Place))
	} else {
		rows = append(rows, [2]string{"solution UNIT", "compares yours with the reference"})
	}
	rows = append(rows, [2]string{"--help", "all that this command can do"})
	wide := 36
	for _, row := range rows {
		wide = max(wide, len(Command+" "+row[0]))
	}
	var out strings.Builder
	out.WriteString("\n")
	for _, row := range rows {
		fmt.Fprintf(&out, "  %-*s %s\n", wide, Command+" "+row[0], row[1])
	}
	return out.String()
}

// experiment is how one plays with the program of a unit: as the peer of a
// server; a client has the grader as its peer.
func (c *Coach) experiment(unit string) [2]string {
	u, err := c.load(unit)
	if err != nil || c.serves(unit) != "" {
		return [2]string{"try " + number(unit), "be the peer, and see the wire live"}
	}
	return [2]string{"run " + number(unit) + " " + u.Scenarios[0].ID + " --timeline",
		"one scenario, and all of its wire"}
}

// number is the short name of a unit: its number.
func number(unit string) string { return unit[:2] }
