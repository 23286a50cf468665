package record

// A Verdict is why a scenario failed.
type Verdict struct {
	Code      Code
	What      Phrase // what happened, in one sentence
	Want, Got []byte // for comparisons
	Compare   bool   // Want and Got are to be shown
	Where     []Phrase
	Words     []string // the program's own last words
	Said      []string // its last words on standard error, where it has not ended
	Cause     string   // what the evidence itself says is the likely cause, or ""
	General   string   // what the code means here, where that is not what it means in general, or ""
	Only      bool     // Cause is all there is to say: those of the scenario are about other mistakes
	ByTime    bool     // rests on time alone: must be confirmed
	Slow      bool     // the program has taken all the time that a scenario may take

	Anywhere  bool // Where is chance: the program was in a loop, or another thread came first
	Anytime   bool // and so is when it was seen
	Endless   bool // Words and Said are chance: the program prints and prints
	Sure      int  // how many bytes of Got are not chance, where a timer of the program sends more; 0: all
	somewhere bool // the first difference is far behind, and where is chance

	Evidence any // what the facts of causes and hints ask; nil: nothing is known
}

// somewhere stands in the canonical form for a comparison in a long stream.
const somewhere = "(they differ somewhere in a long stream)"

// compared shows how what came differs from what was expected.
func (v *Verdict) compared() []string {
	if v.somewhere {
		return []string{somewhere}
	}
	return Compare(v.Want, v.Got)
}

// Compared shows around the first difference how what came differs from what was expected; nil
// where nothing was.
func (v *Verdict) Compared() []string {
	if !v.Compare || v.Want == nil {
		return nil
	}
	return v.compared()
}

// Verdict returns v with the names of what is in it, and without what is chance.
func (n *Names) Verdict(v *Verdict) Verdict {
	named := *v
	named.What = n.Phrase(v.What)
	named.Want, named.Got = n.Bytes(beginning(v.Want)), n.Bytes(beginning(v.Got))
	if named.somewhere = v.Want != nil && FirstDifference(v.Want, v.Got) >= long; named.somewhere {
		named.Words = nil
	}
	if v.Sure > 0 {
		named.Got = named.Got[:min(v.Sure, len(named.Got))]
	}
	if named.Said = v.Said; v.Endless {
		named.Words, named.Said = nil, nil
	}
	named.Words, named.Said = n.texts(named.Words), n.texts(named.Said)
	if v.Slow { // how much has come by then is chance
		named.Compare = false
	}
	named.Where = nil
	for _, place := range v.Where {
		if !v.Anywhere {
			named.Where = append(named.Where, n.Phrase(place))
		}
	}
	return named
}

// beginning is as much of data as can show in a report.
func beginning(data []byte) []byte { return data[:min(len(data), 2*long)] }

// texts names what is in a program's last words.
func (n *Names) texts(all []string) (named []string) {
	n.wrong = true
	defer func() { n.wrong = false }()
	for _, text := range all {
		named = append(named, n.Text(text))
	}
	return named
}
