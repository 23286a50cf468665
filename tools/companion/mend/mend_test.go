package mend

import "testing"

const reference = `// Prog echoes.
//
//	prog
package main

// limit is how much.
const limit = 3 // bytes

func main() {
	// one after another
	println(limit)
}
`

const wrong = `//go:build linux

// Belief: nothing ends.
//
// Caught by: 01-one (silence).
package main

// limit is how much.
const limit = 3 // bytes

// forgets never closes, which is the mistake.
//
//go:noinline
func forgets() {
	println("// no comment") // wrong: it is never closed
	/* this, too */ println(2)

	// one after another
	println(limit)
	// here the close is missing
}

func main() { forgets() }
`

const stripped = `//go:build linux

// Prog echoes.
//
//	prog
package main

// limit is how much.
const limit = 3 // bytes

//go:noinline
func forgets() {
	println("// no comment")
	println(2)

	// one after another
	println(limit)
}

func main() { forgets() }
`

func TestStrip(t *testing.T) {
	got, err := Strip(wrong, reference)
	if err != nil {
		t.Fatal(err)
	}
	if got != stripped {
		t.Errorf("got\n%s\nwant\n%s", got, stripped)
	}
	if again, _ := Strip(got, reference); again != got {
		t.Errorf("a second time it is\n%s", again)
	}
	if _, err := Strip("package", reference); err == nil {
		t.Error("what is no program was stripped")
	}
	if got := Doc(wrong); got != "Belief: nothing ends.\n\nCaught by: 01-one (silence).\n" {
		t.Errorf("%q", got)
	}
}
