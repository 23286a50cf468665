// Letters counts the letters of words, with N goroutines at the same time. It
// has a mistake.
//
//	letters N WORD...
package main

import (
	"fmt"
	"log"
	"os"
	"strconv"
	"unicode/utf8"
)

func main() {
	if len(os.Args) < 2 {
		log.Fatal("usage: letters N WORD...")
	}
	n, err := strconv.Atoi(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("letters in all:", total(os.Args[2:], n))
}

// total hands out the words to n readers, and adds up what they hand in.
func total(words []string, n int) (sum int) {
	desk, tray := make(chan string), make(chan int)
	for range n {
		go reader(desk, tray)
	}
	for _, w := range words {
		desk <- w
	}
	close(desk)
	for range words {
		sum += <-tray
	}
	return sum
}

// reader takes words from the desk, until it is closed, and puts the number of
// their letters into the tray.
func reader(desk chan string, tray chan int) {
	for w := range desk {
		tray <- utf8.RuneCountInString(w)
	}
}
