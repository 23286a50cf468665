package grade

import (
	"errors"
	"math/rand/v2"
	"os"
	"strconv"
)

// SeedVariable is the environment variable that gives the seed where no flag
// does.
const SeedVariable = "LOOPBACK_SEED"

// FixedSeed is the seed of what is recorded: reports, pictures and the laws.
const FixedSeed = 1

// mostSeed bounds the seeds that are drawn: a short number is easily copied.
const mostSeed = 999_999

// chooseSeed returns the seed of one grading: the one that was asked for, by
// the caller or in the environment, or one that is drawn.
func chooseSeed(asked int) (int, error) {
	if asked != 0 {
		return asked, nil
	}
	text := os.Getenv(SeedVariable)
	if text == "" {
		return 2 + rand.IntN(mostSeed-1), nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, errors.New(SeedVariable + " must be a whole number from 1 on, not " + strconv.Quote(text))
	}
	return n, nil
}
