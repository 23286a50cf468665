// Fragments sends itself a datagram of each SIZE, and says into how many pieces
// the kernel cut it. It needs a network that no other program uses.
//
//	fragments SIZE...
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"strconv"
	"strings"
)

func main() {
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	room := make([]byte, 1<<16)
	for _, arg := range os.Args[1:] {
		size, _ := strconv.Atoi(arg)
		before := created()
		_, err := socket.WriteTo(make([]byte, size), socket.LocalAddr())
		if err != nil {
			fmt.Println(size, "bytes:", err)
			continue
		}
		n, _, _ := socket.ReadFrom(room)
		fmt.Println(size, "bytes:", created()-before, "fragments,", n, "bytes came")
	}
}

// created reads the kernel's count of the fragments that it has made: the
// column FragCreates of the lines "Ip:" in /proc/net/snmp.
func created() int {
	text, err := os.ReadFile("/proc/net/snmp")
	if err != nil {
		log.Fatal(err)
	}
	lines := strings.SplitN(string(text), "\n", 3)
	values := strings.Fields(lines[1])
	for i, name := range strings.Fields(lines[0]) {
		if name == "FragCreates" {
			n, _ := strconv.Atoi(values[i])
			return n
		}
	}
	return 0
}
