// Netstring prints its arguments as netstrings, a length before each. Without
// arguments it reads netstrings and prints what is in them.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
)

func main() {
	for _, word := range os.Args[1:] {
		fmt.Printf("%d:%s,", len(word), word)
	}
	if len(os.Args) > 1 {
		return
	}
	in := bufio.NewReader(os.Stdin)
	for {
		word, err := next(in)
		if err != nil {
			fmt.Println("end:", err)
			return
		}
		fmt.Printf("%q\n", word)
	}
}

// most is how long a netstring may be here. The format itself has no bound.
const most = 1000

var errNoNetstring = errors.New("that is no netstring")

// next returns what is in the next netstring.
func next(in *bufio.Reader) ([]byte, error) {
	n := 0
	for {
		c, err := in.ReadByte()
		if err != nil {
			return nil, err
		}
		if c == ':' {
			break
		}
		digit, err := strconv.Atoi(string(c))
		if n = 10*n + digit; err != nil || n > most {
			return nil, errNoNetstring
		}
	}
	word := make([]byte, n)
	if _, err := io.ReadFull(in, word); err != nil {
		return nil, err
	}
	comma, err := in.ReadByte()
	if err == nil && comma != ',' {
		err = errNoNetstring
	}
	if err != nil {
		return nil, err
	}
	return word, nil
}
