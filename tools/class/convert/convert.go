// Package convert makes from a canonical result what other systems read. Each form
// is a function of the result and of nothing else, in a file of its own, and
// each loses something.
//
// A program that could not be graded has no mark in any of them: where a form
// has no word for that there is no output, and the error is [ErrNoMark].
package convert

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/class/sheet"
	"loopback/tools/engine/result"
)

// ErrNoMark says that a program could not be graded, and that the form has no
// word for it.
var ErrNoMark = errors.New("this program could not be graded, so there is no mark to pass on")

// Options are what a form may need besides the result.
type Options struct {
	Feedback result.Feedback
	Points   int                 // what the unit is worth, in the forms of [InPoints]; 0: the points of its scenarios
	Env      func(string) string // what the engine says of itself, such as whose the submission is
}

// A Form makes one form of a result.
type Form func(*result.Result, Options) ([]byte, error)

// Forms are all forms, by name.
var Forms = map[string]Form{
	"autolab":      autolab,
	"classroom50":  classroom50,
	"github":       github,
	"gradescope":   gradescope,
	"html":         page,
	"json":         canonical,
	"junit":        func(r *result.Result, o Options) ([]byte, error) { return result.JUnit(r.ForLearner(o.Feedback)) },
	"markdown":     markdown,
	"prairielearn": prairielearn,
	"sarif":        sarif,
}

// InPoints are the forms whose score can be in points of an instructor's own.
var InPoints = []string{"autolab", "gradescope"}

// points are what a result is worth: those of its scenarios, or their share of o.Points,
// with two digits.
func points(r *result.Result, o Options) float64 {
	if o.Points == 0 || r.MaxScore == 0 {
		return float64(r.Score)
	}
	return math.Round(100*float64(o.Points)*float64(r.Score)/float64(r.MaxScore)) / 100
}

// Names returns the names of all forms, in order.
func Names() []string { return slices.Sorted(maps.Keys(Forms)) }

// canonical is the result as learners may see it.
func canonical(r *result.Result, o Options) ([]byte, error) { return r.ForLearner(o.Feedback).JSON() }

func page(r *result.Result, o Options) ([]byte, error) {
	return sheet.Page(r.ForLearner(o.Feedback), r.Unit)
}

// told is what a learner reads about one scenario that did not pass.
func told(t *result.Test) string {
	var b strings.Builder
	part := func(head, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%s%s\n", head, text)
		}
	}
	part("", t.Rationale)
	if len(t.Compared) > 0 {
		part("", strings.Join(t.Compared, "\n"))
	} else {
		part("Expected: ", t.Expected)
		part("Received: ", t.Actual)
	}
	part("Its last words:\n", strings.Join(t.OutputTail, "\n"))
	part(record.WhereHead(t.Code)+":\n", strings.Join(t.Where, "\n"))
	part("", t.Help)
	part("Read: ", t.See)
	part("On the wire:\n", strings.Join(t.Timeline, "\n"))
	return b.String()
}

// name is how a scenario is called where there is one line for it.
func name(t *result.Test) string {
	if t.Title == "" {
		return t.ID
	}
	return t.ID + ": " + t.Title
}

// missed reports whether t is a challenge that is not passed, which costs nothing.
func missed(t *result.Test) bool { return t.Challenge && t.Status != result.Pass && !t.Counts() }

// failed reports whether t counts and did not pass.
func failed(t *result.Test) bool {
	return !t.Challenge && t.Status != result.Pass && t.Status != result.Skip
}

// notCompiled is said of a program that does not compile.
const notCompiled = "The program does not compile."
