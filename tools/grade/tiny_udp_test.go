package grade

import (
	"fmt"
	"net"
	"os"
	"strings"
	"time"
)

// tinyUDP is a UDP server whose whole behaviour is in its name.
func tinyUDP(name, addr string) {
	conn, err := net.ListenPacket("udp", addr)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("listening on", conn.LocalAddr())
	buf := make([]byte, 1<<16)
	if name == "cut" {
		buf = buf[:8]
	}
	for {
		n, peer, err := conn.ReadFrom(buf)
		if err != nil {
			os.Exit(1)
		}
		switch name {
		case "mute":
			continue
		case "late":
			time.Sleep(time.Hour)
		case "dawdles":
			for begun := time.Now(); time.Since(begun) < dawdling; {
			}
			time.Sleep(900 * time.Millisecond)
		case "hurries":
			time.Sleep(hurry)
			conn.WriteTo(buf[:n], peer)
			time.Sleep(900 * time.Millisecond)
		case "naps":
			time.Sleep(900 * time.Millisecond)
		case "twice":
			conn.WriteTo(buf[:n], peer)
		case "elsewhere":
			conn, _ = net.ListenPacket("udp", net.JoinHostPort(strings.Split(addr, ":")[0], "0"))
		case "quits":
			os.Exit(0)
		}
		conn.WriteTo(buf[:n], peer)
	}
}

// dawdling is for how long udp-dawdles works before it sleeps: a little longer than the
// patience of the scenario that looks how long it sleeps.
const dawdling = 260 * time.Millisecond

// hurry is how long udp-hurries waits before it sends for the first time.
const hurry = 300 * time.Millisecond
