package grade

import (
	"fmt"
	"strconv"
	"strings"
)

// maxText is the most that a scenario may send in one command.
const maxText = 64 << 20

// text returns the bytes that an argument stands for:
//
//	'hello\n'    Go escapes
//	bytes:65536  that many bytes of a pattern: numbered lines of 8 bytes
//	all-bytes    each of the 256 byte values once
func text(arg string) []byte {
	if n, ok := strings.CutPrefix(arg, "bytes:"); ok {
		return pattern(size(n))
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

// pattern returns n bytes in which every place can be told from every other:
// "0000000\n0000001\n" and so on.
func pattern(n int) []byte {
	out := make([]byte, 0, n+8)
	for i := 0; len(out) < n; i++ {
		out = fmt.Appendf(out, "%07d\n", i%10_000_000)
	}
	return out[:n]
}

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
