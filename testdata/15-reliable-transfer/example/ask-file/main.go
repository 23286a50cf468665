// Ask-file asks a TFTP server for a file, and says in words what comes: the
// packets, and from which port.
//
//	ask-file ADDR NAME [BLOCKS]
//
// It acknowledges so many blocks, none if not given, and leaves.
package main

import (
	"encoding/binary"
	"fmt"
	"log"
	"net"
	"os"
	"strconv"
	"time"
)

func main() {
	server, err := net.ResolveUDPAddr("udp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	blocks := 0
	if len(os.Args) > 3 {
		blocks, _ = strconv.Atoi(os.Args[3])
	}
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: server.IP})
	if err != nil {
		log.Fatal(err)
	}
	conn.WriteTo([]byte("\x00\x01"+os.Args[2]+"\x00octet\x00"), server)
	packet := make([]byte, 600)
	for i := 0; ; i++ {
		conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		n, from, err := conn.ReadFrom(packet)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("from", from, describe(packet[:n]))
		if i == blocks || n < 4 {
			return
		}
		conn.WriteTo([]byte{0, 4, packet[2], packet[3]}, from)
	}
}

// describe says what a packet of the server's is.
func describe(packet []byte) string {
	if len(packet) < 4 {
		return "no packet of TFTP"
	}
	number := binary.BigEndian.Uint16(packet[2:])
	switch binary.BigEndian.Uint16(packet) {
	case 3:
		return fmt.Sprintf("DATA %d: %d bytes", number, len(packet)-4)
	case 5:
		return fmt.Sprintf("ERROR %d: %q", number, packet[4:])
	}
	return "something else"
}
