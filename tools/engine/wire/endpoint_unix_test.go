//go:build unix

package wire

import (
	"errors"
	"net"
	"syscall"
	"testing"
	"time"
)

// An endpoint that has vanished refuses what is sent to it, and its port is not
// to be had.
func TestVanish(t *testing.T) {
	e, err := OpenEndpoint("V", "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(e.Local))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := e.Vanish(); err != nil || e.Open() {
		t.Fatalf("Vanish: %v, open: %v", err, e.Open())
	}
	if _, err := c.Write([]byte("anyone there")); err != nil {
		t.Fatal(err)
	}
	c.SetReadDeadline(time.Now().Add(long))
	if _, err := c.Read(make([]byte, 100)); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("the sender is told %v, want %v", err, syscall.ECONNREFUSED)
	}
	if other, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(e.Local)); err == nil {
		other.Close()
		t.Error("somebody else got the port")
	}
}
