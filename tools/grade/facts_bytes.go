package grade

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"loopback/tools/record"
)

// byteFacts compare what came with what was expected: bytes of a connection, a
// datagram, or standard output.
var byteFacts = []factKind{{
	name: "got", arg: "WHAT", quoted: gotText,
	values: []string{"nothing", "prefix", "buffer", "zeros", "old", "others", "twice", "gap", "reordered",
		"newline", "no-newline", "crlf"},
	meaning: "what came instead of the expected bytes: `nothing`; a `prefix` of them; a prefix as long as a `buffer` " +
		"often is, or a byte less; from the first wrong byte on `zeros`; `old` bytes of an earlier message; bytes " +
		"that `others` had sent; the last message `twice`; a `gap`, bytes are missing in the middle; the same bytes " +
		"`reordered`; a `newline` more; all but the last newline (`no-newline`); line ends with or without a CR " +
		"(`crlf`); or text in quotes, with Go escapes, which the expected bytes do not hold",
	holds: func(e *evidence, arg string) bool { return e.compared && got[arg](e) },
}, {
	name: "cut-before", arg: "TEXT",
	meaning: "only the beginning came, and this text, with Go escapes, would have come next: `cut-before \" \"`",
	holds: func(e *evidence, arg string) bool {
		return isPrefix(e) && bytes.HasPrefix(e.want[len(e.got):], escaped(arg))
	},
}, {
	name: "line", arg: "TEXT", meaning: "the first line that differs should have held this text",
	holds: func(e *evidence, arg string) bool { return e.compared && bytes.Contains(wantedLine(e), escaped(arg)) },
}, {
	name: "differs", arg: "FROM-TO",
	meaning: "the first byte that differs is one of these, counted from 0: `differs 4-5`",
	holds: func(e *evidence, arg string) bool {
		from, to, _ := strings.Cut(arg, "-")
		a, err := strconv.Atoi(from)
		b, err2 := strconv.Atoi(to)
		at := record.FirstDifference(e.want, e.got)
		return e.compared && err == nil && err2 == nil && a <= at && at <= b
	},
}}

// got says for each value of the fact what must hold. There was a comparison.
var got = map[string]func(e *evidence) bool{
	"nothing": func(e *evidence) bool { return len(e.got) == 0 && len(e.want) > 0 },
	"prefix":  func(e *evidence) bool { return len(e.got) > 0 && isPrefix(e) },
	"buffer":  func(e *evidence) bool { return isPrefix(e) && likeBuffer(len(e.got)) },
	"zeros":   zeros,
	"old": func(e *evidence) bool {
		return !again(e) && in(e.own, wrongRun(e)) && !bytes.Contains(e.want, wrongRun(e))
	},
	"others":     func(e *evidence) bool { return !in(e.own, wrongRun(e)) && in(e.others, wrongRun(e)) },
	"twice":      again,
	"gap":        gap,
	"reordered":  reordered,
	"newline":    func(e *evidence) bool { return string(e.got) == string(e.want)+"\n" },
	"no-newline": func(e *evidence) bool { return string(e.got)+"\n" == string(e.want) },
	"crlf": func(e *evidence) bool {
		return !bytes.Equal(e.got, e.want) && bytes.Equal(withoutCR(e.got), withoutCR(e.want))
	},
}

// gotText reports whether what came holds text that was not expected.
func gotText(e *evidence, text string) bool {
	t := escaped(text)
	return e.compared && bytes.Contains(e.got, t) && !bytes.Contains(e.want, t)
}

// escaped returns what text with Go escapes stands for, or text itself.
func escaped(text string) []byte {
	if s, err := strconv.Unquote(`"` + text + `"`); err == nil {
		return []byte(s)
	}
	return []byte(text)
}

func isPrefix(e *evidence) bool {
	return e.compared && len(e.got) < len(e.want) && bytes.HasPrefix(e.want, e.got)
}

// likeBuffer reports whether n is a size that programs give to buffers, or one
// less: a power of two, so many KiB, or a round number.
func likeBuffer(n int) bool {
	for _, n := range []int{n, n + 1} {
		if n >= 16 && (n&(n-1) == 0 || n%1024 == 0 || n%1000 == 0 || n == 100 || n == 500 || n == 1500) {
			return true
		}
	}
	return false
}

// wrongRun returns what came from the first wrong byte on, without zeros at its
// end, as much of it as can be looked for; nil when that is too little to tell.
func wrongRun(e *evidence) []byte {
	at := record.FirstDifference(e.want, e.got)
	if at < 0 || at >= len(e.got) {
		return nil
	}
	run := bytes.TrimRight(e.got[at:], "\x00")
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
func zeros(e *evidence) bool {
	at := record.FirstDifference(e.want, e.got)
	if at < 0 || at >= len(e.got) {
		return false
	}
	rest := e.got[at:]
	n := len(rest) - len(bytes.TrimLeft(rest, "\x00"))
	return n > 0 && (n == len(rest) || n > 1) && (at >= len(e.want) || e.want[at] != 0)
}

// again reports whether the last message has come a second time.
func again(e *evidence) bool {
	at := record.FirstDifference(e.want, e.got)
	if at < len(e.want) || at >= len(e.got) {
		return false
	}
	more := e.got[at:]
	if len(e.want) > 0 {
		return bytes.HasPrefix(e.want, more[:min(len(more), len(e.want))]) && len(more) > 1
	}
	return len(more) > 1 && slices.ContainsFunc(e.own, func(m []byte) bool { return bytes.HasSuffix(m, more) })
}

// gap reports whether what came goes on with bytes that were expected later.
func gap(e *evidence) bool {
	at := record.FirstDifference(e.want, e.got)
	run := wrongRun(e)
	return run != nil && at < len(e.want) && bytes.Contains(e.want[at+1:], run)
}

// reordered reports whether the same bytes came in another order.
func reordered(e *evidence) bool {
	if len(e.got) != len(e.want) || bytes.Equal(e.got, e.want) {
		return false
	}
	a, b := slices.Clone(e.got), slices.Clone(e.want)
	slices.Sort(a)
	slices.Sort(b)
	return bytes.Equal(a, b)
}

func withoutCR(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) }

// wantedLine returns the line of what was expected in which the first
// difference lies.
func wantedLine(e *evidence) []byte {
	at := max(0, min(record.FirstDifference(e.want, e.got), len(e.want)))
	start := bytes.LastIndexByte(e.want[:at], '\n') + 1
	line, _, _ := bytes.Cut(e.want[start:], []byte("\n"))
	return line
}
