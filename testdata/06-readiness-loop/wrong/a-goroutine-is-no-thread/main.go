// Belief: a goroutine that waits costs no thread, and so it is allowed.
//
// sync.WaitGroup.Go starts one for each client, and the runtime has the loop.
//
// Caught by: 23-many-at-once (threads).
package main

import (
	"flag"
	"fmt"
	"log"
	"net/netip"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

func main() {
	at := flag.String("listen", "127.0.0.1:0", "address")
	flag.Parse()
	where := netip.MustParseAddrPort(*at)
	door, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err == nil {
		err = unix.Bind(door, &unix.SockaddrInet4{Addr: where.Addr().As4(), Port: int(where.Port())})
	}
	if err == nil {
		err = unix.Listen(door, 512)
	}
	name, _ := unix.Getsockname(door)
	bound, ok := name.(*unix.SockaddrInet4)
	if err != nil || !ok {
		log.Fatal(err)
	}
	fmt.Println("listening on", netip.AddrPortFrom(netip.AddrFrom4(bound.Addr), uint16(bound.Port)))
	var all sync.WaitGroup
	for {
		guest, _, err := unix.Accept4(door, unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK)
		if err == unix.EINTR || err == unix.ECONNABORTED {
			continue
		}
		if err != nil {
			log.Fatal(err)
		}
		all.Go(func() { talk(guest) })
	}
}

// talk blocks its goroutine: os.File waits in the runtime's own loop.
func talk(guest int) {
	f := os.NewFile(uintptr(guest), "guest")
	defer f.Close()
	space := make([]byte, 32<<10)
	for {
		n, err := f.Read(space)
		if err != nil {
			return
		}
		if _, err := f.Write(space[:n]); err != nil {
			return
		}
	}
}
