package relay

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"loopback/tools/base/record"
)

// Datagrams is a relay for UDP. Each visitor, which is an address that sends,
// gets a socket of the relay's own towards the server, so that the server can
// tell visitors apart, and answers find their way back.
type Datagrams struct {
	teller
	front  *net.UDPConn
	target netip.AddrPort
	wait   sync.WaitGroup

	mu       sync.Mutex
	visitors map[netip.AddrPort]*visitor
	named    int
}

// A visitor is an address that has sent something.
type visitor struct {
	name string
	addr netip.AddrPort
	back *net.UDPConn // from here to the server
}

// leave is how long a visitor may be silent before its line is taken away. It
// may come back, under another name.
const leave = time.Minute

// largest is room for every datagram: 65,535 bytes with their headers.
const largest = 1 << 16

// ListenUDP listens for datagrams on addr, for visitors of the server at target.
func ListenUDP(addr, target string, o Options) (*Datagrams, error) {
	to, err := netip.ParseAddrPort(target)
	if err != nil {
		return nil, err
	}
	pc, err := net.ListenPacket("udp", addr)
	if err != nil {
		return nil, err
	}
	return &Datagrams{teller: teller{o: o, start: time.Now()}, front: pc.(*net.UDPConn), target: to,
		visitors: map[netip.AddrPort]*visitor{}}, nil
}

// Addr is where visitors send to.
func (d *Datagrams) Addr() string { return d.front.LocalAddr().String() }

// Serve relays datagrams until ctx is done. It returns when nothing of them is
// left.
func (d *Datagrams) Serve(ctx context.Context) error {
	defer d.wait.Wait()
	defer context.AfterFunc(ctx, d.end)()
	buf := make([]byte, largest)
	for {
		n, from, err := d.front.ReadFromUDPAddrPort(buf)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("receive: %w", err)
		}
		v, err := d.visitor(from)
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			v.back.Close() // it came too late for end
			return nil
		}
		d.tell(record.Event{Conn: v.name, Kind: record.Out, Data: buf[:n], Size: n})
		v.back.Write(buf[:n]) // an ICMP error of an earlier one is told by the other direction
	}
}

// end closes all sockets.
func (d *Datagrams) end() {
	d.front.Close()
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, v := range d.visitors {
		v.back.Close()
	}
}

// visitor returns the visitor at an address, a new one when nobody is known
// there.
func (d *Datagrams) visitor(from netip.AddrPort) (*visitor, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	v := d.visitors[from]
	if v == nil {
		back, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(d.target))
		if err != nil {
			return nil, err
		}
		v = &visitor{name: name(d.named), addr: from, back: back}
		d.named++
		d.visitors[from] = v
		d.open(v.name)
		d.tell(record.Event{Conn: v.name, Kind: record.Connect, What: record.Say("datagrams from %v", from)})
		d.wait.Go(func() { d.answers(v) })
	}
	v.back.SetReadDeadline(time.Now().Add(leave))
	return v, nil
}

// answers passes on what the server sends to a visitor, until that one has been
// silent for long, or all ends.
func (d *Datagrams) answers(v *visitor) {
	defer d.forget(v)
	buf := make([]byte, largest)
	for {
		n, err := v.back.Read(buf)
		switch {
		case err == nil:
			d.tell(record.Event{Conn: v.name, Kind: record.In, Data: buf[:n], Size: n})
			d.front.WriteToUDPAddrPort(buf[:n], v.addr) // who has gone hears nothing, as without a relay
		case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, net.ErrClosed):
			return
		default: // what ICMP told: nobody is there
			d.tell(record.Event{Conn: v.name, Kind: record.Trouble,
				What: record.Say("the datagram was not taken: %s", plain(err))})
		}
	}
}

func (d *Datagrams) forget(v *visitor) {
	d.mu.Lock()
	defer d.mu.Unlock()
	v.back.Close()
	delete(d.visitors, v.addr)
	d.close(v.name)
}
