package picture

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/book/weave"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
	"loopback/tools/grade"
)

// A drawn picture is what one run of its scenario looks like.
type drawn struct {
	svg   []byte
	steps []string
}

// errSkip is why a scenario could not be run here; it is nobody's mistake.
var errSkip = errors.New("was not run")

// draw runs the scenario of a picture once.
func draw(ctx context.Context, root string, p weave.Picture) (drawn, error) {
	u, err := scenario.LoadUnit(root, p.Unit)
	if err != nil {
		return drawn{}, err
	}
	sc := u.Scenario(p.Scenario)
	if sc == nil {
		return drawn{}, fmt.Errorf("no scenario %s of %s", p.Scenario, p.Unit)
	}
	r, err := grade.GradeFolder(ctx, u, filepath.Join(root, filepath.FromSlash(p.Program)), sc.Race,
		grade.Options{Only: p.Scenario, Seed: grade.FixedSeed})
	if err != nil {
		return drawn{}, err
	}
	if r.Status == result.NotBuilt {
		return drawn{}, fmt.Errorf("%s does not compile: %s", p.Program, firstLine(r.Build.Output))
	}
	t := r.Tests[0]
	switch wrong := strings.Contains(p.Program, "/wrong/"); {
	case t.Status == result.Skip:
		return drawn{}, fmt.Errorf("%w: %s", errSkip, t.Rationale)
	case t.Status == result.Error:
		return drawn{}, errors.New(t.Rationale)
	case t.Status != result.Pass && !wrong:
		return drawn{}, fmt.Errorf("%s fails this scenario (%s): %s", p.Program, t.Code, t.Rationale)
	}
	events := t.Names().Events(t.Events)
	return drawn{record.Picture(p.Alt, t.Program, events), record.Steps(t.Program, events)}, nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
