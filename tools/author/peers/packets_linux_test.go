package peers

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// unshare makes a network of its own, with all capabilities there but not as
// its root: as root tcpdump wants to become somebody else, and there is nobody.
func unshare(t *testing.T) []string {
	return []string{tool(t, "unshare"), "-n", "--map-user=1", "--map-group=1", "--keep-caps"}
}

// ownNetwork skips the test where this system has no network namespace for us,
// or fails where CI is set.
func ownNetwork(t *testing.T) {
	t.Helper()
	argv := append(unshare(t), "true")
	out, err := exec.CommandContext(t.Context(), argv[0], argv[1:]...).CombinedOutput()
	if err == nil {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%q: %v: %s", argv, err, out)
	}
	t.Skipf("SKIP: %q: %v: %s", argv, err, out)
}

// pktdump runs the program of that name and returns the lines that it prints.
func pktdump(t *testing.T, args ...string) []string {
	t.Helper()
	r := start(t, "pktdump", append([]string{program(t, "pktdump")}, args...)...)
	r.succeeds()
	return strings.Split(strings.TrimSuffix(string(r.Stdout().Bytes()), "\n"), "\n")
}

// packets reads a file of tcpdump's (pcap, with the link type Ethernet) and
// returns the IPv4 packets in it.
func packets(t *testing.T, file string) (all [][]byte) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const fileHeader, recordHeader, ethernetHeader, ethernet = 24, 16, 14, 1
	ne := binary.NativeEndian
	if len(data) < fileHeader || ne.Uint32(data) != 0xa1b2c3d4 || ne.Uint32(data[20:]) != ethernet {
		t.Fatalf("%s is no file of tcpdump's with Ethernet frames", file)
	}
	for data = data[fileHeader:]; len(data) >= recordHeader; {
		n := int(ne.Uint32(data[8:]))
		if n < ethernetHeader || recordHeader+n > len(data) {
			t.Fatalf("%s: a record of %d bytes", file, n)
		}
		all = append(all, data[recordHeader+ethernetHeader:recordHeader+n])
		data = data[recordHeader+n:]
	}
	return all
}

// What tcpdump says about a packet, and what we say. Length is that of what TCP
// carries, and in ICMP that of the message with its header of 8 bytes.
var (
	theirTCP  = regexp.MustCompile(`IP (\S+)\.(\d+) > (\S+)\.(\d+): Flags \[(\S+)\], .*length (\d+)`)
	theirICMP = regexp.MustCompile(`IP (\S+) > (\S+): ICMP echo (request|reply), id (\d+), seq (\d+), length (\d+)`)
)

// translate makes our line, without the verdict on checksums, of one of
// tcpdump's.
func translate(line string) string {
	if m := theirTCP.FindStringSubmatch(line); m != nil {
		flags := map[string]string{"S": "SYN", "S.": "SYN ACK", "F.": "FIN ACK", "FP.": "FIN PSH ACK"}[m[5]]
		return fmt.Sprintf("tcp %s:%s > %s:%s [%s], %s bytes", m[1], m[2], m[3], m[4], flags, m[6])
	}
	if m := theirICMP.FindStringSubmatch(line); m != nil {
		length := 0
		fmt.Sscan(m[6], &length)
		return fmt.Sprintf("icmp %s > %s echo %s id %s seq %s, %d bytes", m[1], m[2], m[3], m[4], m[5], length-8)
	}
	return "not understood: " + line
}

// The system's ping and a connection of ours, captured by tcpdump: of every
// packet pktdump says what tcpdump says, and of a request it makes the reply
// that the kernel made.
func TestPacketsCaptured(t *testing.T) {
	ownNetwork(t)
	for _, name := range []string{"tcpdump", "ping", "ip", "mkfifo"} {
		tool(t, name)
	}
	script, err := filepath.Abs(filepath.Join("testdata", "capture.sh"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "packets")
	r := start(t, "capture.sh",
		append(unshare(t), tool(t, "bash"), script, file, program(t, "echo-once"), program(t, "ask"))...)
	r.succeeds()
	all := packets(t, file)
	theirs := start(t, "tcpdump", tool(t, "tcpdump"), "-n", "-r", file)
	theirs.succeeds()
	said := strings.Split(strings.TrimSpace(string(theirs.Stdout().Bytes())), "\n")
	args := []string{"decode"}
	for _, p := range all {
		args = append(args, hex.EncodeToString(p))
	}
	lines := pktdump(t, args...)
	if len(all) != 8 || len(said) != 8 || len(lines) != 8 {
		t.Fatalf("%d packets, %d lines of tcpdump's, %d of ours; want 8 of each", len(all), len(said), len(lines))
	}
	for i, line := range lines {
		ours, verdict, _ := strings.Cut(line, ", checksum ")
		if want := translate(said[i]); ours != want {
			t.Errorf("got  %s\nwant %s\nfor  %s", ours, want, said[i])
		}
		if verdict != "ok" && (verdict != "partial" || strings.HasPrefix(ours, "icmp")) {
			t.Errorf("checksum %s in a packet that no wire has touched: %s", verdict, line)
		}
	}
	for i := range all[:2] {
		request, reply := all[2*i], all[2*i+1]
		answer, err := hex.DecodeString(pktdump(t, "reply", hex.EncodeToString(request))[0])
		if err != nil {
			t.Fatal(err)
		}
		const header = 20 // the kernel's replies are packets of its own, with an own identification
		if string(answer[header:]) != string(reply[header:]) {
			t.Errorf("our reply %x\nthe kernel's %x", answer[header:], reply[header:])
		}
	}
}

// Without CAP_NET_RAW ping and live say what they lack.
func TestPacketsUnprivileged(t *testing.T) {
	exe := program(t, "pktdump")
	dir := t.TempDir()
	for _, args := range [][]string{{"ping", "127.0.0.1", "1s"}, {"live"}} {
		cmd := exec.CommandContext(t.Context(), exe, args...)
		cmd.Dir = dir
		if os.Geteuid() == 0 {
			own, err := os.MkdirTemp("/tmp", "loopback-nobody-")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { os.RemoveAll(own) })
			os.Chmod(own, 0o755)
			data, err := os.ReadFile(exe)
			if err != nil {
				t.Fatal(err)
			}
			cmd.Path, cmd.Dir = filepath.Join(own, "pktdump"), "/"
			if err := os.WriteFile(cmd.Path, data, 0o755); err != nil {
				t.Fatal(err)
			}
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		}
		out, err := cmd.CombinedOutput()
		exit := (*exec.ExitError)(nil)
		if !errors.As(err, &exit) || exit.ExitCode() != 1 ||
			!strings.Contains(string(out), "needs CAP_NET_RAW: operation not permitted") {
			t.Errorf("%q: %v\n%s", args, err, out)
		}
	}
}

// No packet, however short or false, makes the program panic. Each is decoded
// and answered; the seed of a series that fails is in its name.
func TestPacketsHostile(t *testing.T) {
	exe := program(t, "pktdump")
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(seed, 17))
			args := []string{exe, "decode"}
			for range 1500 {
				args = append(args, hex.EncodeToString(hostile(rnd)))
			}
			r := start(t, "pktdump", args...)
			r.succeeds()
			if n := r.Stdout().Lines(); n != len(args)-2 {
				t.Errorf("%d lines for %d packets", n, len(args)-2)
			}
		})
	}
}

// hostile returns a packet that is right in some places and wrong in others.
func hostile(rnd *rand.Rand) []byte {
	p := make([]byte, rnd.IntN(80))
	for i := range p {
		p[i] = byte(rnd.Uint32())
	}
	if len(p) < 20 {
		return p
	}
	p[0] = 0x40 | byte(5+rnd.IntN(3))
	binary.BigEndian.PutUint16(p[2:], uint16(len(p)-rnd.IntN(3)))
	p[6], p[7] = 0, 0
	p[9] = []byte{1, 6, 17}[rnd.IntN(3)]
	if at := int(p[0]&15) * 4; at+13 <= len(p) && p[9] == 6 {
		p[at+12] = byte(rnd.IntN(8) << 4)
	} else if at+6 <= len(p) && p[9] == 17 {
		binary.BigEndian.PutUint16(p[at+4:], uint16(rnd.IntN(70)))
	}
	switch rnd.IntN(4) { // and now a lie
	case 0:
		p[0] = byte(rnd.Uint32())
	case 1:
		binary.BigEndian.PutUint16(p[2:], uint16(rnd.IntN(100)))
	case 2:
		return p[:rnd.IntN(len(p))]
	}
	return p
}
