// Whose says of each of its arguments whether it is an IP address, and of an
// address whether it is a loopback one, and how it is written with port 80.
//
//	whose TEXT...
package main

import (
	"fmt"
	"net/netip"
	"os"
)

func main() {
	for _, text := range os.Args[1:] {
		addr, err := netip.ParseAddr(text)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(addr, "loopback:", addr.IsLoopback(), "port 80:", netip.AddrPortFrom(addr, 80))
	}
}
