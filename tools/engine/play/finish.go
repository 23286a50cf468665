package play

import (
	"bytes"
	"loopback/tools/base/record"
)

// checkChatter makes sure that a server printed its announcement and no more: what
// counts is bytes, for a line need not end.
func (s *scene) checkChatter(p *program) {
	out := p.proc.Stdout()
	printed := out.Bytes()
	end := bytes.IndexByte(printed, '\n') + 1
	if p.name != "server" || end == 0 || out.Total() == int64(end) {
		return
	}
	s.reject("", record.Say("it prints more than its announcement"),
		record.Verdict{Code: record.Output,
			What: record.Say("standard output has %s; after \"listening on ADDR\" nothing "+
				"was promised", plus(int(min(out.Total(), mostExtra)))),
			Want: []byte{}, Got: printed[end:], Compare: true})
}

func cannot(err error) *record.Outcome {
	return &record.Outcome{Verdict: &record.Verdict{Code: record.CannotGrade, What: record.Say("%v", err)}}
}
