package payload

import (
	"fmt"
	"strings"
)

// httpForms are parts of messages of HTTP/1.1:
//
//	head:'GET / HTTP/1.1|Host: a'   a header section: lines, each with CR LF, and an empty one
//	chunk:abc                       what abc stands for, as one chunk
func httpForms(form, of string, text func(string) []byte) (data []byte, known bool) {
	switch form {
	case "head":
		for line := range strings.SplitSeq(of, "|") {
			data = append(append(data, text(line)...), "\r\n"...)
		}
		return append(data, "\r\n"...), true
	case "chunk":
		data = text(of)
		return fmt.Appendf(nil, "%x\r\n%s\r\n", len(data), data), true
	}
	return nil, false
}
