// Readlines prints each line of its input with its number of bytes, and says on
// the way what every Read has brought.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
)

func main() {
	in := bufio.NewReaderSize(noisy{os.Stdin}, 16)
	for {
		line, err := in.ReadSlice('\n')
		switch {
		case err == nil:
			fmt.Printf("%d bytes: %q\n", len(line), line)
		case err == io.EOF && len(line) == 0:
			return
		default:
			fmt.Printf("no line: %q, %v\n", line, err)
			os.Exit(1)
		}
	}
}

// A noisy is a stream that says what each Read has brought.
type noisy struct{ io.Reader }

func (s noisy) Read(buf []byte) (int, error) {
	n, err := s.Reader.Read(buf)
	fmt.Printf("  Read of up to %d brings %q\n", len(buf), buf[:n])
	return n, err
}
