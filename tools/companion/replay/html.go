package replay

import (
	_ "embed"
	"html/template"
	"io"
	"strings"

	"loopback/tools/base/record"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// A step is one event, for the page.
type step struct {
	Top, Height int    // in the picture
	Line        int    // of the script; 0 for none
	Text        string // what happened, for those who do not see the picture
}

// A line of the script, for the page.
type line struct {
	N       int
	Text    string
	Comment bool
	Active  bool // it made something happen
}

// HTML writes the run as one self-contained page: the picture, the script
// beside it, and buttons and keys to go through it step by step. It needs no
// network, follows the reader's light or dark colours, and can be printed.
func (r Run) HTML(w io.Writer) error {
	var steps []step
	active := map[int]bool{}
	for i, at := range record.PictureRows(r.Program, r.Events) {
		e := r.Events[i]
		active[e.Line] = true
		steps = append(steps, step{at.Top, at.Bottom - at.Top, e.Line, record.Words(r.Program, e)})
	}
	var lines []line
	for i, text := range r.Script {
		lines = append(lines, line{i + 1, text, strings.HasPrefix(text, "#"), active[i+1]})
	}
	return page.Execute(w, map[string]any{
		"Run":     r,
		"Passes":  r.Verdict == "passes",
		"Lines":   lines,
		"Steps":   steps,
		"Picture": template.HTML(record.Picture(r.Rule, r.Program, r.Events)), // it escapes all that it draws
	})
}
