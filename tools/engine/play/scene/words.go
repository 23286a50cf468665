package scene

import (
	"bytes"
	"regexp"
	"strconv"
)

// word is a name in the text of a datagram that stands for bytes which only
// the program knows, such as an identifier of its own choice.
var word = regexp.MustCompile(`\{([a-z]+)\}`)

// Spell replaces the words in text by what they stand for. A word that has not
// been learnt stands for itself.
func (d *datagrams) Spell(text []byte) []byte {
	return word.ReplaceAllFunc(text, func(m []byte) []byte {
		if v, ok := d.words[string(m[1:len(m)-1])]; ok {
			return []byte(v)
		}
		return m
	})
}

// Learn reports whether got is what text says, and remembers what its new
// words stand for. When a new word would stand for the same as another one,
// that is returned, quoted, as twice.
func (d *datagrams) Learn(text, got []byte) (ok bool, twice string) {
	text = d.Spell(text)
	names := word.FindAllSubmatch(text, -1)
	if len(names) == 0 {
		return bytes.Equal(text, got), ""
	}
	values := capture(text, got, len(names))
	if values == nil {
		return false, ""
	}
	for i, m := range names {
		name, value := string(m[1]), string(values[i])
		if have, known := d.words[name]; known && have != value {
			return false, ""
		}
		for other, v := range d.words {
			if v == value && other != name {
				return false, strconv.Quote(value)
			}
		}
		if d.words == nil {
			d.words = map[string]string{}
		}
		d.words[name] = value
	}
	return true, ""
}

// capture returns the bytes at the n words of text: each ends before the next
// blank, or with the datagram.
func capture(text, got []byte, n int) [][]byte {
	var values [][]byte
	for range n {
		at := word.FindIndex(text)
		if !bytes.HasPrefix(got, text[:at[0]]) {
			return nil
		}
		got, text = got[at[0]:], text[at[1]:]
		end := bytes.IndexAny(got, " \t\r\n")
		if end < 0 {
			end = len(got)
		}
		if end == 0 {
			return nil
		}
		values = append(values, got[:end])
		got = got[end:]
	}
	if !bytes.Equal(text, got) {
		return nil
	}
	return values
}

// Guess spells text as it would have to be if its first words were those that
// stand in got, as far as got has the form of text: so the report can show
// where the two part.
func (d *datagrams) Guess(text, got []byte) []byte {
	rest := d.Spell(text)
	var said []byte
	for {
		at := word.FindIndex(rest)
		if at == nil || !bytes.HasPrefix(got, rest[:at[0]]) {
			return append(said, rest...)
		}
		got = got[at[0]:]
		end := bytes.IndexAny(got, " \t\r\n")
		if end < 0 {
			end = len(got)
		}
		if end == 0 {
			return append(said, rest...)
		}
		said = append(append(said, rest[:at[0]]...), got[:end]...)
		rest, got = rest[at[1]:], got[end:]
	}
}
