package picture

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"loopback/tools/base/problem"
	"loopback/tools/book/weave"
)

// Check runs the scenario of every picture of the course whose root folder is
// root. The result is empty when all pictures, and the timelines that tell the
// same as text, show what happened.
func Check(ctx context.Context, root string) []problem.Problem {
	pics, err := weave.Pictures(root)
	if err != nil {
		return []problem.Problem{problem.In("chapters", "%v", err)}
	}
	var ps []problem.Problem
	for _, p := range pics {
		if ctx.Err() != nil {
			return append(ps, problem.At(p.Page, p.Line, "%v", ctx.Err()))
		}
		ps = append(ps, check(ctx, root, p)...)
	}
	return ps
}

func check(ctx context.Context, root string, p weave.Picture) []problem.Problem {
	if runtime.GOOS != "linux" {
		skip := problem.At(p.Page, p.Line, "the picture was not checked: that needs Linux")
		skip.Skipped = true
		return []problem.Problem{skip}
	}
	d, err := draw(ctx, root, p)
	if err != nil {
		bad := problem.At(p.Page, p.Line,
			"the picture could not be drawn: %v; mend that, or show another scenario", err)
		bad.Skipped = errors.Is(err, errSkip) && os.Getenv("CI") == ""
		return []problem.Problem{bad}
	}
	var ps []problem.Problem
	if p.StepsAt > 0 && !slices.Equal(p.Steps, d.steps) {
		i := firstDifference(p.Steps, d.steps)
		ps = append(ps, problem.At(p.Page, p.StepsAt+1+i,
			"stale: %s now goes %q here: write the timeline again with: %s, and read the text around it once more",
			p.Args, rowOf(d.steps, i), fixCommand))
	}
	have, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(p.File)))
	switch {
	case err != nil: // weave says so
	case !bytes.Equal(have, d.svg):
		ps = append(ps, problem.At(p.Page, p.Line+1,
			"stale: %s is not what %s looks like now: draw it again with: %s, "+
				"and look at it", p.File, p.Args, fixCommand))
	}
	return ps
}

// firstDifference returns the index of the first row that differs.
func firstDifference(x, y []string) int {
	i := 0
	for i < len(x) && i < len(y) && x[i] == y[i] {
		i++
	}
	return i
}

func rowOf(rows []string, i int) string {
	if i >= len(rows) {
		return "no further"
	}
	return strings.TrimSpace(rows[i])
}

// Fix draws every picture again, and writes its timeline where the page has a
// fence for it. It returns the files that it changed.
func Fix(ctx context.Context, root string) (changed []string, err error) {
	pics, err := weave.Pictures(root)
	if err != nil {
		return nil, err
	}
	pages := map[string][]weave.Picture{}
	for _, p := range pics {
		d, err := draw(ctx, root, p)
		if errors.Is(err, errSkip) {
			continue
		}
		if err != nil {
			return changed, problem.At(p.Page, p.Line, "the picture could not be drawn: %v", err)
		}
		p.Steps = d.steps
		pages[p.Page] = append(pages[p.Page], p)
		if wrote, err := write(root, p.File, d.svg); err != nil {
			return changed, err
		} else if wrote {
			changed = append(changed, p.File)
		}
	}
	for page, pics := range pages {
		wrote, err := rewrite(root, page, pics)
		if err != nil {
			return changed, err
		}
		if wrote {
			changed = append(changed, page)
		}
	}
	slices.Sort(changed)
	return changed, nil
}

// write writes a file unless it is as it should be.
func write(root, file string, data []byte) (bool, error) {
	name := filepath.Join(root, filepath.FromSlash(file))
	if have, err := os.ReadFile(name); err == nil && bytes.Equal(have, data) {
		return false, nil
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return false, err
	}
	return true, os.WriteFile(name, data, 0o644)
}

// rewrite writes the timelines of a page again, from below, so that the lines
// above stay where they are.
func rewrite(root, page string, pics []weave.Picture) (bool, error) {
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(page)))
	if err != nil {
		return false, err
	}
	lines := strings.Split(string(data), "\n")
	slices.SortFunc(pics, func(a, b weave.Picture) int { return b.StepsAt - a.StepsAt })
	for _, p := range pics {
		if p.StepsAt == 0 {
			continue
		}
		end := p.StepsAt
		for end < len(lines) && !strings.HasPrefix(lines[end], "```") {
			end++
		}
		lines = slices.Replace(lines, p.StepsAt, end, p.Steps...)
	}
	return write(root, page, []byte(strings.Join(lines, "\n")))
}
