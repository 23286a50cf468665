package payload

import (
	"fmt"
	"strings"
)

// wordForms are the texts of RESP, the protocol of Redis, so that no length has
// to be counted by hand:
//
//	'resp:SET key bytes:100'  a command: an array of bulk strings
//	bulk:hello                a bulk string
//
// The words of a command are separated by one space each, and a word may be
// empty. Each is a text itself, read by text; a space in it is written \x20.
func wordForms(form, of string, text func(string) []byte) (data []byte, known bool) {
	switch form {
	case "resp":
		words := strings.Split(of, " ")
		data = fmt.Appendf(nil, "*%d\r\n", len(words))
		for _, word := range words {
			data = append(data, Bulk(text(word))...)
		}
	case "bulk":
		data = Bulk(text(of))
	default:
		return nil, false
	}
	return data, true
}

// Bulk returns a word as a bulk string.
func Bulk(word []byte) []byte { return fmt.Appendf(nil, "$%d\r\n%s\r\n", len(word), word) }
