package grade

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"
)

func init() {
	for _, name := range []string{"", "-again", "-main", "-forever", "-open", "-early", "-half", "-fixed", "-steps",
		"-short-steps"} {
		tinyClients["tftp"+name] = func(args []string) { tinyTFTP(name, args) }
	}
}

// tinyTFTP is a TFTP server with at most one mistake, which is its name; -steps is
// none: it never sleeps for long, and looks at a clock. -short-steps does so, and
// its wait is always the same. Its
// arguments are a folder, how long it waits first, and -listen ADDR.
func tinyTFTP(mistake string, args []string) {
	addr, dir, wait := args[len(args)-3], args[len(args)-1], args[len(args)-2]
	first, err := time.ParseDuration(wait)
	conn, failed := net.ListenPacket("udp", addr)
	if err != nil || failed != nil {
		fmt.Fprintln(os.Stderr, args, err, failed)
		os.Exit(1)
	}
	fmt.Println("listening on", conn.LocalAddr())
	for {
		buf := make([]byte, 600)
		n, client, err := conn.ReadFrom(buf)
		if err != nil || n < 2 {
			os.Exit(1)
		}
		if mistake == "-main" {
			tinyTransfer(mistake, conn, client, dir, buf[:n], first)
			continue
		}
		go func() {
			own, err := net.ListenPacket("udp", conn.LocalAddr().(*net.UDPAddr).IP.String()+":0")
			if err != nil {
				os.Exit(1)
			}
			tinyTransfer(mistake, own, client, dir, buf[:n], first)
			if mistake != "-open" {
				own.Close()
			}
		}()
	}
}

func tinyTransfer(mistake string, conn net.PacketConn, client net.Addr, dir string, request []byte,
	wait time.Duration) {
	name, _, _ := bytes.Cut(request[2:], []byte{0})
	if request[1] == 2 {
		tinyReceive(mistake, conn, client, filepath.Join(dir, string(name)))
		return
	}
	data, err := os.ReadFile(filepath.Join(dir, string(name)))
	if err != nil {
		conn.WriteTo([]byte("\x00\x05\x00\x01no such file\x00"), client)
		return
	}
	if bytes.Contains(request, []byte("blksize")) {
		conn.WriteTo([]byte("\x00\x06blksize\x00512\x00"), client)
		conn.ReadFrom(make([]byte, 600))
	}
	for block := uint16(1); ; block++ {
		piece := data[:min(512, len(data))]
		data = data[len(piece):]
		if mistake == "-half" {
			piece = piece[:len(piece)/2]
		}
		packet := append(binary.BigEndian.AppendUint16([]byte{0, 3}, block), piece...)
		if !tinyDeliver(mistake, conn, client, packet, wait) || len(piece) < 512 {
			return
		}
	}
}

// tinyReceive takes a file, and acknowledges each block as often as it comes.
func tinyReceive(mistake string, conn net.PacketConn, client net.Addr, path string) {
	blocks := map[uint16][]byte{}
	conn.WriteTo([]byte("\x00\x04\x00\x00"), client)
	for buf := make([]byte, 600); ; {
		n, _, err := conn.ReadFrom(buf)
		if err != nil || n < 4 || buf[1] != 3 {
			return
		}
		blocks[binary.BigEndian.Uint16(buf[2:])] = bytes.Clone(buf[4:n])
		var whole []byte
		for block := uint16(1); int(block) <= len(blocks); block++ {
			whole = append(whole, blocks[block]...)
		}
		if mistake == "-half" || n < 516 {
			os.WriteFile(path, whole, 0o644)
		}
		conn.WriteTo([]byte{0, 4, buf[2], buf[3]}, client)
	}
}

// tinyDeliver sends a block until it is acknowledged, up to three times.
func tinyDeliver(mistake string, conn net.PacketConn, client net.Addr, packet []byte, wait time.Duration) bool {
	for try := 0; try < 3 || mistake == "-forever"; try++ {
		conn.WriteTo(packet, client)
		due, steps := time.Now().Add(wait), mistake == "-steps" || mistake == "-short-steps"
		conn.SetReadDeadline(due)
		if mistake != "-fixed" && mistake != "-short-steps" {
			wait *= 2
		}
		for buf := make([]byte, 600); ; {
			if steps {
				conn.SetReadDeadline(time.Now().Add(5 * time.Millisecond))
			}
			n, from, err := conn.ReadFrom(buf)
			switch {
			case steps && err != nil && time.Now().Before(due):
				continue
			case err != nil && mistake == "-early":
				return false
			case err != nil:
			case from.String() != client.String():
				conn.WriteTo([]byte("\x00\x05\x00\x05who are you\x00"), from)
				continue
			case n >= 2 && buf[1] == 5:
				return false
			case n == 4 && bytes.Equal(buf[2:4], packet[2:4]):
				return true
			case mistake == "-again":
				conn.WriteTo(packet, client)
				continue
			default:
				continue
			}
			break
		}
	}
	return false
}
