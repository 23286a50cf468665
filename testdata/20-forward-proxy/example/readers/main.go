// Readers reads the same bytes twice: as a reader of HTTP that looks at
// Content-Length, and as one that looks at Transfer-Encoding. It prints the
// requests that each of them sees.
//
//	readers <FILE
package main

import (
	"fmt"
	"io"
	"log"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// A rule says how long the content behind a header section is.
type rule func(head, behind string) int

func main() {
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("a reader of Content-Length sees")
	see(string(text), byLength)
	fmt.Println("a reader of Transfer-Encoding sees")
	see(string(text), byChunks)
}

// see prints the first line of each request in text.
func see(text string, length rule) {
	for {
		head, behind, found := strings.Cut(text, "\r\n\r\n")
		if !found {
			return
		}
		first, _, _ := strings.Cut(head, "\r\n")
		fmt.Println("   ", first)
		text = behind[min(length(head, behind), len(behind)):]
	}
}

var digits = regexp.MustCompile(`Content-Length: (\d+)`)

func byLength(head, _ string) int {
	m := digits.FindStringSubmatch(head)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

// byChunks knows one thing of chunks: where the last one ends.
func byChunks(head, behind string) int {
	const last = "0\r\n\r\n"
	if !strings.Contains(head, "Transfer-Encoding: chunked") {
		return 0
	}
	return strings.Index(behind, last) + len(last)
}
