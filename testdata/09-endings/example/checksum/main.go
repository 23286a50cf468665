// Checksum prints how many bytes its standard input has, and their CRC-32. With
// -most N it looks at the first N bytes, and no further.
package main

import (
	"flag"
	"fmt"
	"hash/crc32"
	"io"
	"log"
	"math"
	"os"
)

func main() {
	most := flag.Int64("most", math.MaxInt64, "how many `bytes` to look at")
	flag.Parse()
	hash := crc32.NewIEEE() // an io.Writer that keeps nothing
	n, err := io.Copy(hash, io.LimitReader(os.Stdin, *most))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d %x\n", n, hash.Sum(nil))
}
