package scene

import (
	"bytes"

	"loopback/tools/base/record"
)

// CheckChatter makes sure that a server printed its announcement and no more: what
// counts is bytes, for a line need not end.
func (s *Scene) CheckChatter(p *Instance) {
	out := p.Proc.Stdout()
	printed := out.Bytes()
	end := bytes.IndexByte(printed, '\n') + 1
	if p.Name != "server" || end == 0 || out.Total() == int64(end) {
		return
	}
	s.Known.chatter = true
	s.Reject("", record.Say("it prints more than its announcement"),
		record.Verdict{Code: record.Output,
			What: record.Say("standard output has %s; after \"listening on ADDR\" nothing "+
				"was promised", Plus(int(min(out.Total(), MostExtra)))),
			Want: []byte{}, Got: printed[end:], Compare: true})
}

// Cannot is the outcome of a scenario that could not be graded because of err.
func Cannot(err error) *record.Outcome {
	return &record.Outcome{Verdict: &record.Verdict{Code: record.CannotGrade, What: record.Say("%v", err)}}
}
