package payload

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strings"

	"loopback/tools/engine/play/argument"
)

// sumForms are texts that are made of other texts, or of numbers:
//
//	sum:bytes:100       how many bytes the text has, a space, their SHA-256, a newline
//	numbered:3:padding  three lines: a number of seven digits from 1 on, a space, the text
func sumForms(form, of string, text func(string) []byte) (data []byte, known bool) {
	switch {
	case form == "sum":
		return Sum(text(of)), true
	case form == "numbered" && of != "":
		n, what, _ := strings.Cut(of, ":")
		line, count := text(what), argument.Size(n)
		if count*(len(line)+9) > argument.MaxSize {
			panic(argument.Usage(fmt.Sprintf("numbered:%s is more than 64MiB", of)))
		}
		var b bytes.Buffer
		for i := range count {
			fmt.Fprintf(&b, "%07d %s\n", i+1, line)
		}
		return b.Bytes(), true
	}
	return nil, false
}

// Sum is what a server of digests answers to data.
func Sum(data []byte) []byte { return fmt.Appendf(nil, "%d %x\n", len(data), sha256.Sum256(data)) }
