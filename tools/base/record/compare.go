package record

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// How much of each side a comparison shows, in at most 70 columns: of text so
// many columns, of bytes that are not text so many bytes in hexadecimal, and of
// a mixture so many bytes in both forms.
const (
	textColumns = 58
	hexBytes    = 16
	mixedBytes  = 10
)

// Compare shows how got differs from want: what is around the first
// difference, with a caret below the first byte that is not as it should be.
// Text is shown as text, line by line, and other bytes in hexadecimal. It
// returns nil when they are equal.
func Compare(want, got []byte) []string {
	at := FirstDifference(want, got)
	switch {
	case at < 0:
		return nil
	case len(got) == 0:
		return []string{"expected  " + Quote(want, len(want), textColumns), `got       ""  (nothing)`}
	}
	from, lines := compareText(want, got, at)
	if lines == nil {
		from, lines = compareBytes(want, got, at)
	}
	if from > 0 {
		lines = append(lines, fmt.Sprintf("the first %s are as they should be", Bytes(at)))
	}
	return lines
}

// compareText compares what is text on both sides around the first difference,
// from the beginning of its line on when that is near; else lines is nil.
func compareText(want, got []byte, at int) (from int, lines []string) {
	from = 1 + bytes.LastIndexByte(want[:min(at, len(want))], '\n')
	if at == len(want) || at == len(got) { // show what it follows, too
		from = 1 + bytes.LastIndexByte(want[:max(0, at-1)], '\n')
	}
	if len(quote(want[from:at])) > textColumns*2/3 {
		from = max(0, at-textColumns/3) // escapes may be long, and few bytes come before
	}
	w, g := behind(want, from), behind(got, from)
	if !isText(w) || !isText(g) {
		return 0, nil
	}
	open := ""
	if from > 0 {
		open = "…"
	}
	caret := len(quote(want[from:at])) - 1 + utf8.RuneCountInString(open)
	return from, []string{
		"expected  " + open + Quote(w, len(want)-from, textColumns),
		"got       " + open + Quote(g, len(got)-from, textColumns),
		"          " + strings.Repeat(" ", caret) + "^",
	}
}

// behind returns as much of data, from a place on, as a row may hold.
func behind(data []byte, from int) []byte {
	from = min(from, len(data))
	return data[from:min(len(data), from+textColumns)]
}

// isText reports whether data is printable ASCII with the usual white space.
func isText(data []byte) bool {
	for _, c := range data {
		if (c < ' ' || c > '~') && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
	}
	return true
}

// compareBytes compares in hexadecimal, and shows the text beside it when there
// is some.
func compareBytes(want, got []byte, at int) (from int, lines []string) {
	size, width := mixedBytes, 0
	var texts []string
	for ; ; size-- { // escapes take more room
		from = start(want, got, at, size)
		texts = []string{window(want, from, size), window(got, from, size)}
		if width = max(len(texts[0]), len(texts[1]), 22) + 2; 10+width+3*size <= 71 {
			break
		}
	}
	if mostlyOther(want, from, size) && mostlyOther(got, from, size) {
		size, width, texts = hexBytes, 0, []string{"", ""}
		from = start(want, got, at, size)
	}
	return from, []string{
		fmt.Sprintf("expected  %-*s%s", width, texts[0], hexWindow(want, from, size)),
		fmt.Sprintf("got       %-*s%s", width, texts[1], hexWindow(got, from, size)),
		fmt.Sprintf("          %-*s%s^^", width, "", strings.Repeat(" ", 3*(at-from))),
	}
}

// start returns where a window of size bytes begins that has the first
// difference in its middle.
func start(want, got []byte, at, size int) int {
	return max(0, min(at-size/2, max(len(want), len(got))-size))
}

// mostlyOther reports whether few bytes of a window are text.
func mostlyOther(data []byte, from, size int) bool {
	from = min(from, len(data))
	data = data[from:min(len(data), from+size)]
	n := 0
	for i := range data {
		if !isText(data[i : i+1]) {
			n++
		}
	}
	return 2*n > len(data) || len(data) == 0
}

func window(data []byte, from, size int) string {
	if len(data) == 0 {
		return `""`
	}
	from = min(from, len(data))
	to := min(len(data), from+size)
	q := quote(data[from:to])
	if from > 0 {
		q = "…" + q
	}
	if to < len(data) {
		q += "…"
	}
	return q
}

func hexWindow(data []byte, from, size int) string {
	from = min(from, len(data))
	if from == len(data) {
		return "(nothing)"
	}
	return fmt.Sprintf("% x", data[from:min(len(data), from+size)])
}
