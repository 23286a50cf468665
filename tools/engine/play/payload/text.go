package payload

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"loopback/tools/engine/play/argument"
)

// Text returns the bytes that an argument stands for:
//
//	'hello\n'      Go escapes
//	bytes:65536    that many bytes of a pattern: numbered lines of 16 bytes
//	bytes:8-24     the part of that pattern from byte 8 to before byte 24
//	all-bytes      each of the 256 byte values once
//	all-pairs      65,537 bytes in which each byte value stands before each once
//	times:3:ab     what ab stands for, three times
//	random:100     that many bytes of any value
//	words:3        that many words, with a space between two
//	line:20        that many bytes, letters and at the end a newline
//
// The last three take a label, such as words:3:b: with another label they
// stand for other bytes, and in one grading always for the same. The forms of
// RESP are those of [wordForms], those of digests those of [sumForms], those of
// addresses those of [addressForms], those of TFTP those of [tftpForms], and those of
// HTTP those of [httpForms].
func (f *Filling) Text(arg string) []byte {
	form, of, _ := strings.Cut(arg, ":")
	for _, forms := range []textForms{wordForms, sumForms, addressForms, tftpForms, httpForms} {
		if data, known := forms(form, of, f.Text); known && form != arg {
			return data
		}
	}
	switch {
	case arg == "all-bytes":
		return everyByte()
	case arg == "all-pairs":
		return everyPair()
	case form == arg:
	case form == "bytes":
		return f.bytes(arg, of)
	case form == "times":
		n, what, _ := strings.Cut(of, ":")
		one := f.Text(what)
		if argument.Count(n)*len(one) > argument.MaxSize {
			panic(argument.Usage(fmt.Sprintf("%q is not a size such as 65536: at most 64MiB", arg)))
		}
		return bytes.Repeat(one, argument.Count(n))
	case madeUp[form] && of != "" && of[0] >= '0' && of[0] <= '9': // 'line: two' is text
		n, _, _ := strings.Cut(of, ":")
		return f.madeUp(form, n, arg)
	}
	s, err := strconv.Unquote(`"` + strings.ReplaceAll(arg, `"`, `\"`) + `"`)
	if err != nil {
		panic(argument.Usage(fmt.Sprintf("%q is not text with Go escapes", arg)))
	}
	return []byte(s)
}

// textForms reads the texts of one family; of is what stands behind the colon.
type textForms func(form, of string, text func(string) []byte) (data []byte, known bool)

// bytes returns a part of the pattern.
func (f *Filling) bytes(arg, of string) []byte {
	from, to, part := strings.Cut(of, "-")
	if !part {
		return f.Pattern(argument.Size(of))
	}
	if argument.Size(from) > argument.Size(to) {
		panic(argument.Usage(fmt.Sprintf("%q ends before it begins", arg)))
	}
	return f.Pattern(argument.Size(to))[argument.Size(from):]
}

// madeUp names the forms that have a label.
var madeUp = map[string]bool{"random": true, "words": true, "line": true}

// madeUp returns the bytes of such a form.
func (f *Filling) madeUp(form, n, label string) []byte {
	switch form {
	case "random":
		return f.Random(argument.Size(n), label)
	case "words":
		return f.Words(argument.Count(n), label)
	}
	if argument.Size(n) == 0 {
		panic(argument.Usage("a line has at least one byte, its newline"))
	}
	return append([]byte(f.Word(argument.Size(n)-1, label)), '\n')
}

func everyByte() []byte {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	return all
}

// Joined returns the bytes that several arguments stand for.
func (f *Filling) Joined(args []string) (data []byte) {
	for _, arg := range args {
		data = append(data, f.Text(arg)...)
	}
	return data
}

// everyPair is a de Bruijn sequence: no two bytes that follow each other do so twice.
func everyPair() []byte {
	var out []byte
	for a := range 256 {
		out = append(out, byte(a))
		for b := a + 1; b < 256; b++ {
			out = append(out, byte(a), byte(b))
		}
	}
	return append(out, out[0])
}
