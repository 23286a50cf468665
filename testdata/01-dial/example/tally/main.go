// Tally connects to a server and shows what each single Read returns, with a
// buffer of five bytes.
//
//	tally ADDR
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"os"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: tally ADDR")
	}
	conn, err := net.Dial("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	total, err := tally(conn)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(total, "bytes in all")
}

// tally reads r to its end and returns how many bytes there were.
func tally(r io.Reader) (total int, err error) {
	buf := make([]byte, 5)
	for {
		n, err := r.Read(buf)
		fmt.Printf("n=%d err=%v %q\n", n, err, buf[:n])
		total += n
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}
