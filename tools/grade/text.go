package grade

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// maxText is the most that a scenario may send in one command.
const maxText = 64 << 20

// text returns the bytes that an argument stands for:
//
//	'hello\n'    Go escapes
//	bytes:65536  that many bytes of a pattern: numbered lines of 8 bytes
//	bytes:8-24   the part of that pattern from byte 8 to before byte 24
//	all-bytes    each of the 256 byte values once
//	times:3:ab   what ab stands for, three times
func text(arg string) []byte {
	if n, ok := strings.CutPrefix(arg, "bytes:"); ok {
		from, to, part := strings.Cut(n, "-")
		if !part {
			return pattern(size(n))
		}
		if size(from) > size(to) {
			panic(usage{fmt.Sprintf("%q ends before it begins", arg)})
		}
		return pattern(size(to))[size(from):]
	}
	if of, ok := strings.CutPrefix(arg, "times:"); ok {
		n, what, _ := strings.Cut(of, ":")
		one := text(what)
		if count(n)*len(one) > maxText {
			panic(usage{fmt.Sprintf("%q is not a size such as 65536: at most 64MiB", arg)})
		}
		return bytes.Repeat(one, count(n))
	}
	if arg == "all-bytes" {
		all := make([]byte, 256)
		for i := range all {
			all[i] = byte(i)
		}
		return all
	}
	s, err := strconv.Unquote(`"` + strings.ReplaceAll(arg, `"`, `\"`) + `"`)
	if err != nil {
		panic(usage{fmt.Sprintf("%q is not text with Go escapes", arg)})
	}
	return []byte(s)
}

// joined returns the bytes that several arguments stand for.
func joined(args []string) (data []byte) {
	for _, arg := range args {
		data = append(data, text(arg)...)
	}
	return data
}

// pattern returns n bytes in which every place can be told from every other:
// "0000000\n0000001\n" and so on. The caller must not change them.
func pattern(n int) []byte {
	patterns.Lock()
	defer patterns.Unlock()
	for len(patterns.bytes) < n {
		patterns.bytes = append(patterns.bytes, patterns.line[:]...)
		for i := len(patterns.line) - 2; i >= 0; i-- { // count one up, as by hand
			if patterns.line[i]++; patterns.line[i] <= '9' {
				break
			}
			patterns.line[i] = '0'
		}
	}
	return patterns.bytes[:n:n]
}

// patterns holds the longest pattern that was needed so far.
var patterns = struct {
	sync.Mutex
	bytes []byte
	line  [8]byte
}{line: [8]byte([]byte("0000000\n"))}

// size reads a number of bytes: 65536, 64KiB, 1MiB.
func size(arg string) int {
	digits, unit := arg, 1
	for suffix, n := range map[string]int{"KiB": 1 << 10, "MiB": 1 << 20} {
		if d, ok := strings.CutSuffix(arg, suffix); ok {
			digits, unit = d, n
		}
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 || n > maxText/unit {
		panic(usage{fmt.Sprintf("%q is not a size such as 65536, 64KiB or 1MiB (at most 64MiB)", arg)})
	}
	return n * unit
}

// count reads a small number, such as how many clients.
func count(arg string) int {
	n, err := strconv.Atoi(arg)
	if err != nil || n < 0 || n > 10_000 {
		panic(usage{fmt.Sprintf("%q is not a number from 0 to 10000", arg)})
	}
	return n
}
