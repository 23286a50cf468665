package play

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// The packets of TFTP, by the first two bytes of each (RFC 1350 §5, RFC 2347).
const (
	tftpRead uint16 = 1 + iota
	tftpWrite
	tftpData
	tftpAck
	tftpError
	tftpOptions
)

// tftpBlock is how many bytes a block has, all but the last, when nothing else
// was agreed.
const tftpBlock = 512

// tftpErrors says what an error's code means (RFC 1350 §5).
var tftpErrors = []string{"not defined", "file not found", "access violation", "disk full", "illegal operation",
	"unknown transfer ID", "file already exists", "no such user", "options refused"}

// A tftpPacket is one packet, taken apart. Rest is what stands behind the first
// four bytes, or, of requests and options, behind the first two.
type tftpPacket struct {
	op, number uint16
	rest       []byte
}

// tftpOf takes a datagram apart; ok is false when it is none of the protocol.
func tftpOf(data []byte) (p tftpPacket, ok bool) {
	if len(data) < 2 {
		return p, false
	}
	p.op = binary.BigEndian.Uint16(data)
	switch p.op {
	case tftpRead, tftpWrite, tftpOptions:
		p.rest = data[2:]
		return p, true
	case tftpData, tftpAck, tftpError:
		if len(data) < 4 {
			return p, false
		}
		p.number, p.rest = binary.BigEndian.Uint16(data[2:]), data[4:]
		return p, p.op != tftpAck || len(data) == 4
	}
	return p, false
}

// String names the packet as a timeline does. What a program says of an error is
// left out: that may differ from run to run.
func (p tftpPacket) String() string {
	switch p.op {
	case tftpRead, tftpWrite:
		words := strings.Split(strings.TrimSuffix(string(p.rest), "\x00"), "\x00")
		name := map[uint16]string{tftpRead: "RRQ", tftpWrite: "WRQ"}[p.op]
		return strings.Join(append([]string{name, strconv.Quote(words[0])}, words[1:]...), " ")
	case tftpData:
		return fmt.Sprint("DATA ", p.number)
	case tftpAck:
		return fmt.Sprint("ACK ", p.number)
	case tftpError:
		if int(p.number) < len(tftpErrors) {
			return fmt.Sprintf("ERROR %d %s", p.number, tftpErrors[p.number])
		}
		return fmt.Sprint("ERROR ", p.number)
	}
	return strings.Join([]string{"OACK", strings.Join(strings.Split(strings.TrimSuffix(string(p.rest), "\x00"),
		"\x00"), " ")}, " ")
}

// tftpRequest makes a request of a file's name, the mode and options.
func tftpRequest(op uint16, words ...string) []byte {
	b := binary.BigEndian.AppendUint16(nil, op)
	for _, word := range words {
		b = append(append(b, word...), 0)
	}
	return b
}

// tftpNumbered makes a packet of the others.
func tftpNumbered(op uint16, n int, rest []byte) []byte {
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
		return tftpRequest(tftpRead, strings.Split(rest, " ")...), true
	case "WRQ":
		return tftpRequest(tftpWrite, strings.Split(rest, " ")...), true
	case "OACK":
		return tftpRequest(tftpOptions, strings.Split(rest, " ")...), true
	case "DATA":
		return tftpNumbered(tftpData, tftpNumber(n), text(more)), true
	case "ACK":
		return tftpNumbered(tftpAck, tftpNumber(n), nil), true
	case "ERROR":
		return tftpNumbered(tftpError, tftpNumber(n), append(text(more), 0)), true
	}
	return nil, false
}

// tftpNumber reads the number of a block or an error. Blocks are counted on
// behind 65,535, where the number in the packet begins again.
func tftpNumber(arg string) int {
	n, err := strconv.Atoi(arg)
	if err != nil || n < 0 || n > 1<<20 {
		panic(usage(fmt.Sprintf("%q is not the number of a block or an error", arg)))
	}
	return n
}

// tftpOptionsOf reads the options of a packet, by their names in lower case.
func tftpOptionsOf(rest []byte) (map[string]string, bool) {
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
