// Anatomy draws the header at the beginning of some bytes, 32 bits in a row, each
// field under its own name. It believes whatever the bytes say.
//
//	anatomy ipv4|icmp|udp|tcp HEX
package main

import (
	"encoding/hex"
	"fmt"
	"log"
	"os"
	"strings"
)

// A field is a number in a header. The fields of a row have 32 bits together.
type field struct {
	name string
	bits int
}

var headers = map[string][]field{
	"ipv4": {
		{"Version", 4}, {"IHL", 4}, {"DSCP", 6}, {"ECN", 2}, {"Total Length", 16},
		{"Identification", 16}, {"Flags", 3}, {"Fragment Offset", 13},
		{"Time to Live", 8}, {"Protocol", 8}, {"Header Checksum", 16},
		{"Source Address", 32},
		{"Destination Address", 32},
	},
	"icmp": {
		{"Type", 8}, {"Code", 8}, {"Checksum", 16},
		{"Identifier", 16}, {"Sequence Number", 16},
	},
	"udp": {
		{"Source Port", 16}, {"Destination Port", 16},
		{"Length", 16}, {"Checksum", 16},
	},
	"tcp": {
		{"Source Port", 16}, {"Destination Port", 16},
		{"Sequence Number", 32},
		{"Acknowledgment Number", 32},
		{"DOffset", 4}, {"Rsrvd", 4}, {"C", 1}, {"E", 1}, {"U", 1}, {"A", 1},
		{"P", 1}, {"R", 1}, {"S", 1}, {"F", 1}, {"Window", 16},
		{"Checksum", 16}, {"Urgent Pointer", 16},
	},
}

func main() {
	log.SetFlags(0)
	b, err := hex.DecodeString(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	line := "+" + strings.Repeat("-", 63) + "+"
	fmt.Println("byte 0          byte 1          byte 2          byte 3")
	fmt.Println(line)
	at := 0 // in bits
	names, values := "|", "|"
	for _, f := range headers[os.Args[1]] {
		names += middle(f.name, 2*f.bits-1) + "|"
		values += middle(fmt.Sprintf("%x", number(b, at, f.bits)), 2*f.bits-1) + "|"
		if at += f.bits; at%32 == 0 {
			fmt.Printf("%s\n%s\n%s\n", names, values, line)
			names, values = "|", "|"
		}
	}
	if rest := b[at/8:]; len(rest) > 0 {
		fmt.Printf("and %d bytes behind it: %x\n", len(rest), rest)
	}
}

// number returns the bits of b from one on, the highest first.
func number(b []byte, from, bits int) (n uint32) {
	for i := from; i < from+bits; i++ {
		n = n<<1 | uint32(b[i/8]>>(7-i%8)&1)
	}
	return n
}

// middle puts text into the middle of so many columns.
func middle(text string, width int) string {
	left := (width - len(text)) / 2
	return fmt.Sprintf("%*s%-*s", left, "", width-left, text)
}
