// Package payload makes up what scenarios send: the texts that their commands name,
// from a seed, and the packets of TFTP.
package payload

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"sync"
)

// A Filling makes up what scenarios send. The same seed makes up the same; the
// scenarios alone say how much it is and which bytes are special.
type Filling struct {
	Seed int

	mu   sync.Mutex
	long []byte // the longest pattern that was needed so far
}

// lastFilling is kept because one process often grades with one seed only.
var lastFilling struct {
	sync.Mutex
	*Filling
}

// FillingOf returns what a grading with this seed sends.
func FillingOf(seed int) *Filling {
	lastFilling.Lock()
	defer lastFilling.Unlock()
	if lastFilling.Filling == nil || lastFilling.Seed != seed {
		lastFilling.Filling = &Filling{Seed: seed}
	}
	return lastFilling.Filling
}

// A line of the pattern: its number, and letters that nobody can foresee.
const (
	PatternLine   = 16
	patternDigits = 7
)

// Pattern returns n bytes in which every place can be told from every other:
// numbered lines of 16 bytes, such as "0000000 kqzvwab\n". The caller must not
// change them.
func (f *Filling) Pattern(n int) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(f.long) < n {
		i := len(f.long) / PatternLine
		var line [PatternLine]byte
		for at, rest := patternDigits-1, i; at >= 0; at, rest = at-1, rest/10 {
			line[at] = byte('0' + rest%10)
		}
		line[patternDigits] = ' '
		letters(line[patternDigits+1:PatternLine-1], scramble(uint64(f.Seed), uint64(i)))
		line[PatternLine-1] = '\n'
		f.long = append(f.long, line[:]...)
	}
	return f.long[:n:n]
}

// letters fills dst with lower-case letters made from x.
func letters(dst []byte, x uint64) {
	for i := range dst {
		dst[i] = byte('a' + x%26)
		x /= 26
	}
}

// scramble makes one number of two, as splitmix64 does.
func scramble(a, b uint64) uint64 {
	x := a*0x9e3779b97f4a7c15 + b + 1
	x *= 0xbf58476d1ce4e5b9
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Source returns the random numbers that belong to a label.
func (f *Filling) Source(label string) *rand.Rand {
	return rand.New(f.generator(label))
}

func (f *Filling) generator(label string) *rand.PCG {
	h := fnv.New64a()
	h.Write([]byte(label))
	return rand.NewPCG(uint64(f.Seed), h.Sum64())
}

// Word returns the word of n lower-case letters that belongs to a label.
func (f *Filling) Word(n int, label string) string {
	return WordOf(n, f.Source(label))
}

// WordOf draws a word of n small letters.
func WordOf(n int, from *rand.Rand) string {
	w := make([]byte, n)
	for i := range w {
		w[i] = byte('a' + from.IntN(26))
	}
	return string(w)
}

// Words returns n words of three to eight letters, with a space between two.
func (f *Filling) Words(n int, label string) []byte {
	from := f.Source(label)
	var b []byte
	for i := range n {
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(b, WordOf(3+from.IntN(6), from)...)
	}
	return b
}

// Random returns n bytes of any value. What many of them begin with, and what a report
// may show, is that of few: the first n of more.
func (f *Filling) Random(n int, label string) []byte {
	from := f.generator(label)
	b := make([]byte, 0, n+8)
	for len(b) < min(n, fewBytes) {
		b = append(b, byte(from.Uint64()))
	}
	for len(b) < n {
		b = binary.LittleEndian.AppendUint64(b, from.Uint64())
	}
	return b[:n]
}

// fewBytes is how many bytes are drawn one by one: a scenario may want a hundred million.
const fewBytes = 4096

// NumberedWords returns the words of run and interview with the flag -words.
func NumberedWords(n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprint("word", i+1))
	}
	return all
}
