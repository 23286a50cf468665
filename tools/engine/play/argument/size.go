package argument

import (
	"fmt"
	"strconv"
	"strings"
)

// MaxSize is the most bytes that a scenario may send in one command.
const MaxSize = 64 << 20

// Size reads a number of bytes: 65536, 64KiB, 1MiB.
func Size(arg string) int {
	digits, unit := arg, 1
	for suffix, n := range map[string]int{"KiB": 1 << 10, "MiB": 1 << 20} {
		if d, ok := strings.CutSuffix(arg, suffix); ok {
			digits, unit = d, n
		}
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 || n > MaxSize/unit {
		panic(Usage(fmt.Sprintf("%q is not a size such as 65536, 64KiB or 1MiB (at most 64MiB)", arg)))
	}
	return n * unit
}

// MaxCount is the most that there may be of anything.
const MaxCount = 10_000

// Count reads a small number, such as how many clients.
func Count(arg string) int {
	n, err := strconv.Atoi(arg)
	if err != nil || n < 0 || n > MaxCount {
		panic(Usage(fmt.Sprintf("%q is not a number from 0 to 10000", arg)))
	}
	return n
}
