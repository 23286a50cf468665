package grade

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// The tiny programs that look at the namespace they run in, and clients.
func init() {
	maps.Copy(tinyClients, map[string]func(args []string){
		"who": func([]string) {
			lo, err := net.InterfaceByName("lo")
			if err != nil || lo.Flags&net.FlagUp == 0 {
				fmt.Println("lo is down:", err)
				return
			}
			fd, err := unix.Socket(unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_ICMP)
			unix.Close(fd)
			fmt.Printf("uid %d, lo up, raw %v\n", os.Getuid(), err)
		},
		"range": func([]string) {
			b, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
			if err != nil {
				fmt.Println(err)
			}
			os.Stdout.Write(b)
		},
		"client": func(args []string) {
			c, err := net.Dial("tcp", args[1])
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			fmt.Fprint(c, "hi")
			c.Close()
			_, err = net.Dial("tcp", args[2])
			if errno := syscall.Errno(0); errors.As(err, &errno) {
				fmt.Println(errno)
			}
		},
		"lines": func([]string) { fmt.Print("one\ntwo\nthree\nfour\nfive") },
		"fails": func([]string) { os.Exit(3) },
		"pings": func([]string) { tinyPing(0, false) },
		// A checksum field that does not fit.
		"pings-badly": func([]string) { tinyPing(0x1234, false) },
		"pings-on":    func([]string) { tinyPing(0, true) },
		"forks": func([]string) {
			if err := exec.Command("sleep", "60").Start(); err != nil {
				fmt.Println(err)
			}
		},
	})
}

// tinyPing sends an echo request with id 8, number 7 and the data "hi". A sum of
// 0x1234 is sent as it is, another one is made right. With listen it prints
// what comes, its own request included, until the data is "end".
func tinyPing(sum uint16, listen bool) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_ICMP)
	if err != nil {
		fmt.Println(err)
		return
	}
	m := []byte{8, 0, 0, 0, 0, 8, 0, 7, 'h', 'i'}
	if sum != 0x1234 {
		sum = tinyChecksum(m)
	}
	binary.BigEndian.PutUint16(m[2:], sum)
	unix.Sendto(fd, m, 0, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
	for buf := make([]byte, 100); listen; {
		n, _, err := unix.Recvfrom(fd, buf, 0)
		if err != nil {
			continue
		}
		m := buf[20:n]
		fmt.Println(m[0], m[1], binary.BigEndian.Uint16(m[4:]), binary.BigEndian.Uint16(m[6:]), string(m[8:]))
		listen = string(m[8:]) != "end"
	}
}

// tinyChecksum is the Internet checksum of a message of even length: RFC 1071.
func tinyChecksum(m []byte) uint16 {
	var sum uint32
	for i := 0; i < len(m); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(m[i:]))
	}
	return ^uint16(sum>>16 + sum&0xffff)
}
