package record

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
)

// A Phrase is what is said of something that happened: words with values in
// them, which stay values until the phrase is shown. Its canonical form, which
// [Names] makes, has other text for those that differ from run to run:
//
//   - netip.AddrPort and netip.Addr, and [Port]
//   - [Varying], a count or a time that is another in each run
//   - [Foreign] and [Quoted], what a program said or what is said to it
//   - a Phrase
//
// All other values must be the same in each run of the same program. Those
// above are formatted with %v or %s.
type Phrase struct {
	format string
	args   []any
}

// Say returns a phrase. The format is that of [fmt.Sprintf].
func Say(format string, args ...any) Phrase {
	if false {
		_ = fmt.Sprintf(format, args...) // so that go vet checks the calls
	}
	return Phrase{format, frozen(args)}
}

// frozen returns args as they are now: what a pointer leads to may change before
// the phrase is shown.
func frozen(args []any) []any {
	now := slices.Clone(args)
	for i, arg := range now {
		if reflect.ValueOf(arg).Kind() == reflect.Pointer {
			now[i] = fmt.Sprint(arg)
		}
	}
	return now
}

// And returns p with more at its end.
func (p Phrase) And(format string, args ...any) Phrase {
	if false {
		_ = fmt.Sprintf(format, args...)
	}
	return Phrase{"%v" + format, append([]any{p}, frozen(args)...)}
}

// Empty reports whether p says nothing.
func (p Phrase) Empty() bool { return p.format == "" }

// String returns p as it is shown to a learner.
func (p Phrase) String() string { return fmt.Sprintf(p.format, p.args...) }

// A Port is a port that the kernel chose, or one of a run that the grader holds.
type Port uint16

func (p Port) String() string { return strconv.Itoa(int(p)) }

// Varying is a value that differs from run to run.
type Varying struct {
	live      any
	canonical string
}

// Varies returns live, for which the canonical form has a fixed word.
func Varies(live any, canonical string) Varying { return Varying{live, canonical} }

func (v Varying) String() string { return fmt.Sprint(v.live) }

// long is how many bytes of a stream are so many that where it was cut is
// chance: it depends on how much fitted into the kernel's buffers.
const long = 1000

// Amount is how many bytes of a stream went well. Of a long stream that is
// chance.
func Amount(n int) any {
	if n < long {
		return Bytes(n)
	}
	return Varies(Bytes(n), "N bytes")
}

// Measured is such an amount, without the word bytes.
func Measured(n int) any {
	if n < long {
		return Count(n)
	}
	return Varies(Count(n), "N")
}

// At returns n, which counts something that begins with byte number at of a
// stream, such as a line.
func At(n, at int) any {
	if at < long {
		return n
	}
	return Varies(n, "N")
}

// Foreign is text that is not ours: a program has written it, or a program is
// given it.
type Foreign string

// Quoted is bytes of a program's or a client's, quoted in so many columns.
type Quoted struct {
	data        []byte
	size, width int
}

// Quoting returns data as [Quote] quotes it. It keeps no more of data than can
// show, also where a long address gets a short name.
func Quoting(data []byte, size, width int) Quoted {
	return Quoted{slices.Clone(data[:min(len(data), 2*width+64)]), size, width}
}

func (q Quoted) String() string { return Quote(q.data, q.size, q.width) }
