package batch

import (
	"crypto/sha256"
	"fmt"
	"slices"

	"loopback/tools/class/intake"
	"loopback/tools/class/sheet"
	"loopback/tools/grade"
)

// plan decides what has to be graded: all, or with Resume what has changed. What
// cannot be read has its result at once.
func (b *batch) plan(subs []*intake.Submission, absent []string) error {
	for _, s := range subs {
		l := &sheet.Learner{ID: s.ID}
		b.learners = append(b.learners, l)
		if s.Stranger {
			l.Notes = append(l.Notes, "not in the roster")
		}
		if !slices.Contains(b.chosen, s) {
			continue
		}
		programs, lost, err := s.Programs(b.Units)
		if err != nil {
			if err := b.refuse(l, b.Units, err.Error()); err != nil {
				return err
			}
			continue
		}
		if lost != "" {
			l.Notes = append(l.Notes, cleanFlags([]string{lost})...)
		}
		for _, name := range b.Units {
			if late := b.Term.Late(name, s.HandedIn); late != "" && programs[name] != nil {
				l.Notes = append(l.Notes, name+": "+late)
			}
			if err := b.planOne(l, name, programs[name]); err != nil {
				return err
			}
		}
	}
	for _, id := range absent {
		b.learners = append(b.learners, &sheet.Learner{ID: id})
	}
	return nil
}

func (b *batch) planOne(l *sheet.Learner, unit string, p *intake.Program) error {
	switch {
	case p == nil:
		return b.forget(l.ID, unit)
	case p.Refused != "":
		return b.refuse(l, []string{unit}, p.Refused)
	}
	j := &job{learner: l, unit: b.units[unit], program: p}
	j.key = b.keyOf(j)
	if b.Resume && b.isKept(l.ID, unit, j.key) {
		return nil
	}
	b.jobs = append(b.jobs, j)
	return nil
}

// refuse writes that a submission cannot be graded, for each of these units.
func (b *batch) refuse(l *sheet.Learner, units []string, why string) error {
	for _, name := range units {
		r := grade.NotGraded(b.units[name], "refused: "+why)
		r.Flags = cleanFlags(r.Flags)
		if err := b.keep(l.ID, name, "", r); err != nil {
			return err
		}
	}
	return nil
}

// keyOf returns a hash over all that the result of a job comes from.
func (b *batch) keyOf(j *job) string {
	h := sha256.New()
	fmt.Fprintln(h, b.engine, b.course[j.unit.Name], j.unit.Name, b.Race, b.seed, b.kept["held"])
	for _, name := range sortedNames(j.program.Files) {
		fmt.Fprintln(h, name, len(j.program.Files[name]))
		h.Write(j.program.Files[name])
	}
	fmt.Fprintln(h, j.program.Left)
	return fmt.Sprintf("%x", h.Sum(nil))
}
