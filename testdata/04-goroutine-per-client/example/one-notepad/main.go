// One-notepad lets a guest at each of two doors say a word, and when both have
// spoken it tells each guest its own word. But it has one notepad for both.
package main

import (
	"fmt"
	"log"
	"net"
	"sync"
)

var (
	notepad [64]byte
	spoken  sync.WaitGroup
)

func main() {
	front, back := open(), open()
	fmt.Println("front door:", front.Addr())
	fmt.Println("back door:", back.Addr())
	spoken.Add(2)
	var done sync.WaitGroup
	done.Go(func() { host(front) })
	done.Go(func() { host(back) })
	done.Wait()
}

// open returns a listener at a port that the kernel chooses.
func open() net.Listener {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	return ln
}

// host writes down one guest's word, waits until both have spoken, and tells
// the guest its word.
func host(door net.Listener) {
	guest, err := door.Accept()
	if err != nil {
		log.Fatal(err)
	}
	n, err := guest.Read(notepad[:])
	if err != nil {
		log.Fatal(err)
	}
	spoken.Done()
	spoken.Wait()
	guest.Write(notepad[:n])
	guest.Close()
}
