package payload

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"loopback/tools/engine/play/argument"
)

// The packets of TFTP, by the first two bytes of each (RFC 1350 §5, RFC 2347).
const (
	TFTPRead uint16 = 1 + iota
	TFTPWrite
	TFTPData
	TFTPAck
	TFTPError
	TFTPOptions
)

// TFTPBlock is how many bytes a block has, all but the last, when nothing else
// was agreed.
const TFTPBlock = 512

// tftpErrors says what an error's code means (RFC 1350 §5).
var tftpErrors = []string{"not defined", "file not found", "access violation", "disk full", "illegal operation",
	"unknown transfer ID", "file already exists", "no such user", "options refused"}

// A TFTPPacket is one packet, taken apart. Rest is what stands behind the first
// four bytes, or, of requests and options, behind the first two.
type TFTPPacket struct {
	Op, Number uint16
	Rest       []byte
}

// TFTPOf takes a datagram apart; ok is false when it is none of the protocol.
func TFTPOf(data []byte) (p TFTPPacket, ok bool) {
	if len(data) < 2 {
		return p, false
	}
	p.Op = binary.BigEndian.Uint16(data)
	switch p.Op {
	case TFTPRead, TFTPWrite, TFTPOptions:
		p.Rest = data[2:]
		return p, true
	case TFTPData, TFTPAck, TFTPError:
		if len(data) < 4 {
			return p, false
		}
		p.Number, p.Rest = binary.BigEndian.Uint16(data[2:]), data[4:]
		return p, p.Op != TFTPAck || len(data) == 4
	}
	return p, false
}

// String names the packet as a timeline does. What a program says of an error is
// left out: that may differ from run to run.
func (p TFTPPacket) String() string {
	switch p.Op {
	case TFTPRead, TFTPWrite:
		words := strings.Split(strings.TrimSuffix(string(p.Rest), "\x00"), "\x00")
		name := map[uint16]string{TFTPRead: "RRQ", TFTPWrite: "WRQ"}[p.Op]
		return strings.Join(append([]string{name, strconv.Quote(words[0])}, words[1:]...), " ")
	case TFTPData:
		return fmt.Sprint("DATA ", p.Number)
	case TFTPAck:
		return fmt.Sprint("ACK ", p.Number)
	case TFTPError:
		if int(p.Number) < len(tftpErrors) {
			return fmt.Sprintf("ERROR %d %s", p.Number, tftpErrors[p.Number])
		}
		return fmt.Sprint("ERROR ", p.Number)
	}
	return strings.Join([]string{"OACK", strings.Join(strings.Split(strings.TrimSuffix(string(p.Rest), "\x00"),
		"\x00"), " ")}, " ")
}

// TFTPRequest makes a request of a file's name, the mode and options.
func TFTPRequest(op uint16, words ...string) []byte {
	b := binary.BigEndian.AppendUint16(nil, op)
	for _, word := range words {
		b = append(append(b, word...), 0)
	}
	return b
}

// TFTPNumbered makes a packet of the others.
func TFTPNumbered(op uint16, n int, rest []byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, op)
	b = binary.BigEndian.AppendUint16(b, uint16(n))
	return append(b, rest...)
}

// tftpForms are the packets of TFTP, as texts:
//
//	'tftp:ACK 1'               an acknowledgement
//	'tftp:DATA 3 bytes:100'    a block; what it holds is a text
//	'tftp:ERROR 5 message'     an error
//	'tftp:RRQ name octet'      a request to read, and WRQ to write; more words are options
//	'tftp:OACK blksize 1024'   options that a server agrees to
func tftpForms(form, of string, text func(string) []byte) (data []byte, known bool) {
	if form != "tftp" {
		return nil, false
	}
	kind, rest, _ := strings.Cut(of, " ")
	n, more, _ := strings.Cut(rest, " ")
	switch kind {
	case "RRQ":
		return TFTPRequest(TFTPRead, strings.Split(rest, " ")...), true
	case "WRQ":
		return TFTPRequest(TFTPWrite, strings.Split(rest, " ")...), true
	case "OACK":
		return TFTPRequest(TFTPOptions, strings.Split(rest, " ")...), true
	case "DATA":
		return TFTPNumbered(TFTPData, TFTPNumber(n), text(more)), true
	case "ACK":
		return TFTPNumbered(TFTPAck, TFTPNumber(n), nil), true
	case "ERROR":
		return TFTPNumbered(TFTPError, TFTPNumber(n), append(text(more), 0)), true
	}
	return nil, false
}

// TFTPNumber reads the number of a block or an error. Blocks are counted on
// behind 65,535, where the number in the packet begins again.
func TFTPNumber(arg string) int {
	n, err := strconv.Atoi(arg)
	if err != nil || n < 0 || n > 1<<20 {
		panic(argument.Usage(fmt.Sprintf("%q is not the number of a block or an error", arg)))
	}
	return n
}

// TFTPOptionsOf reads the options of a packet, by their names in lower case.
func TFTPOptionsOf(rest []byte) (map[string]string, bool) {
	words := bytes.Split(rest, []byte{0})
	if len(words)%2 != 1 || len(words[len(words)-1]) > 0 {
		return nil, false
	}
	all := map[string]string{}
	for i := 0; i+1 < len(words); i += 2 {
		all[strings.ToLower(string(words[i]))] = string(words[i+1])
	}
	return all, true
}
