package facts

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"loopback/tools/base/record"
)

// byteFacts compare what came with what was expected: bytes of a connection, a
// datagram, or standard output.
var byteFacts = []Kind{{
	Name: "got", Arg: "WHAT", quoted: gotText,
	values: []string{"nothing", "prefix", "buffer", "zeros", "old", "others", "twice", "gap", "repeated", "reordered",
		"newline", "no-newline", "crlf"},
	Meaning: "what came instead of the expected bytes: `nothing`; a `prefix` of them; a prefix as long as a `buffer` " +
		"often is, or a byte less; from the first wrong byte on `zeros`; `old` bytes of an earlier message; bytes " +
		"that `others` had sent; the last message `twice`; a `gap`, bytes are missing in the middle; " +
		"`repeated`, it goes on with bytes that had come already; the same bytes " +
		"`reordered`; a `newline` more; all but the last newline (`no-newline`); line ends with or without a CR " +
		"(`crlf`); or text in quotes, with Go escapes, which the expected bytes do not hold",
	holds: func(e *Evidence, arg string) bool { return e.Compared && got[arg](e) },
}, {
	Name: "cut-before", Arg: "TEXT",
	Meaning: "only the beginning came, and this text, with Go escapes, would have come next: `cut-before \" \"`",
	holds: func(e *Evidence, arg string) bool {
		return isPrefix(e) && bytes.HasPrefix(e.Want[len(e.Got):], escaped(arg))
	},
}, {
	Name: "line", Arg: "TEXT", Meaning: "the first line that differs should have held this text",
	holds: func(e *Evidence, arg string) bool { return e.Compared && bytes.Contains(wantedLine(e), escaped(arg)) },
}, {
	Name: "differs", Arg: "FROM-TO",
	Meaning: "the first byte that differs is one of these, counted from 0: `differs 4-5`",
	holds: func(e *Evidence, arg string) bool {
		from, to, _ := strings.Cut(arg, "-")
		a, err := strconv.Atoi(from)
		b, err2 := strconv.Atoi(to)
		at := record.FirstDifference(e.Want, e.Got)
		return e.Compared && err == nil && err2 == nil && a <= at && at <= b
	},
}}

// got says for each value of the fact what must hold. There was a comparison.
var got = map[string]func(e *Evidence) bool{
	"nothing": func(e *Evidence) bool { return len(e.Got) == 0 && len(e.Want) > 0 },
	"prefix":  func(e *Evidence) bool { return len(e.Got) > 0 && isPrefix(e) },
	"buffer":  func(e *Evidence) bool { return isPrefix(e) && likeBuffer(len(e.Got)) },
	"zeros":   zeros,
	"old": func(e *Evidence) bool {
		return !again(e) && in(e.Own, wrongRun(e)) && !bytes.Contains(e.Want, wrongRun(e))
	},
	"others":     func(e *Evidence) bool { return !in(e.Own, wrongRun(e)) && in(e.Others, wrongRun(e)) },
	"twice":      again,
	"gap":        gap,
	"repeated":   repeated,
	"reordered":  reordered,
	"newline":    func(e *Evidence) bool { return string(e.Got) == string(e.Want)+"\n" },
	"no-newline": func(e *Evidence) bool { return string(e.Got)+"\n" == string(e.Want) },
	"crlf": func(e *Evidence) bool {
		return !bytes.Equal(e.Got, e.Want) && bytes.Equal(withoutCR(e.Got), withoutCR(e.Want))
	},
}

// gotText reports whether what came holds text that was not expected.
func gotText(e *Evidence, text string) bool {
	t := escaped(text)
	return e.Compared && bytes.Contains(e.Got, t) && !bytes.Contains(e.Want, t)
}

// escaped returns what text with Go escapes stands for, or text itself.
func escaped(text string) []byte {
	if s, err := strconv.Unquote(`"` + text + `"`); err == nil {
		return []byte(s)
	}
	return []byte(text)
}

func isPrefix(e *Evidence) bool {
	return e.Compared && len(e.Got) < len(e.Want) && bytes.HasPrefix(e.Want, e.Got)
}

// largestBuffer is the size above which a round number is no buffer's, but chance.
const largestBuffer = 4 << 20

// likeBuffer reports whether n is a size that programs give to buffers, or one
// less: a power of two, so many KiB, or a round number.
func likeBuffer(n int) bool {
	for _, n := range []int{n, n + 1} {
		round := n&(n-1) == 0 || n%1024 == 0 || n%1000 == 0 || n == 100 || n == 500 || n == 1500
		if n >= 16 && n <= largestBuffer && round {
			return true
		}
	}
	return false
}

// wrongRun returns what came from the first wrong byte on, without zeros at its
// end, as much of it as can be looked for; nil when that is too little to tell.
func wrongRun(e *Evidence) []byte {
	at := record.FirstDifference(e.Want, e.Got)
	if at < 0 || at >= len(e.Got) {
		return nil
	}
	run := bytes.TrimRight(e.Got[at:], "\x00")
	if len(run) < 2 {
		return nil
	}
	return run[:min(len(run), 16)]
}

// in reports whether run is part of one of these messages.
func in(messages [][]byte, run []byte) bool {
	return run != nil && slices.ContainsFunc(messages, func(m []byte) bool { return bytes.Contains(m, run) })
}

// zeros reports whether zero bytes came where others were expected: at least
// two, or as many as there were.
func zeros(e *Evidence) bool {
	at := record.FirstDifference(e.Want, e.Got)
	if at < 0 || at >= len(e.Got) {
		return false
	}
	rest := e.Got[at:]
	n := len(rest) - len(bytes.TrimLeft(rest, "\x00"))
	return n > 0 && (n == len(rest) || n > 1) && (at >= len(e.Want) || e.Want[at] != 0)
}

// again reports whether the last message has come a second time.
func again(e *Evidence) bool {
	at := record.FirstDifference(e.Want, e.Got)
	if at < len(e.Want) || at >= len(e.Got) {
		return false
	}
	more := e.Got[at:]
	if len(e.Want) > 0 {
		return bytes.HasPrefix(e.Want, more[:min(len(more), len(e.Want))]) && len(more) > 1
	}
	return len(more) > 1 && slices.ContainsFunc(e.Own, func(m []byte) bool { return bytes.HasSuffix(m, more) })
}

// gap reports whether what came goes on with bytes that were expected later.
func gap(e *Evidence) bool {
	at := record.FirstDifference(e.Want, e.Got)
	run := wrongRun(e)
	return run != nil && at < len(e.Want) && bytes.Contains(e.Want[at+1:], run)
}

// repeated reports whether what came goes on with bytes that had come already.
func repeated(e *Evidence) bool {
	at := record.FirstDifference(e.Want, e.Got)
	run := wrongRun(e)
	return len(run) > 3 && bytes.Contains(e.Got[:at], run)
}

// reordered reports whether the same bytes came in another order.
func reordered(e *Evidence) bool {
	if len(e.Got) != len(e.Want) || bytes.Equal(e.Got, e.Want) {
		return false
	}
	a, b := slices.Clone(e.Got), slices.Clone(e.Want)
	slices.Sort(a)
	slices.Sort(b)
	return bytes.Equal(a, b)
}

func withoutCR(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) }

// wantedLine returns the line of what was expected in which the first
// difference lies.
func wantedLine(e *Evidence) []byte {
	at := max(0, min(record.FirstDifference(e.Want, e.Got), len(e.Want)))
	start := bytes.LastIndexByte(e.Want[:at], '\n') + 1
	line, _, _ := bytes.Cut(e.Want[start:], []byte("\n"))
	return line
}
