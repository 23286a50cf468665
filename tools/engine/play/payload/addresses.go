package payload

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"

	"loopback/tools/engine/play/argument"
)

// addressForms are parts of an address HOST:PORT:
//
//	host-of:127.0.0.1:80      127.0.0.1
//	port-of:127.0.0.1:80      80
//	host-bytes:127.0.0.1:80   four bytes, or sixteen of an IPv6 address
//	port-bytes:127.0.0.1:80   two bytes in network order
func addressForms(form, of string, _ func(string) []byte) (data []byte, known bool) {
	part := map[string]func(a netip.AddrPort) []byte{
		"host-of":    func(a netip.AddrPort) []byte { return []byte(a.Addr().String()) },
		"port-of":    func(a netip.AddrPort) []byte { return strconv.AppendUint(nil, uint64(a.Port()), 10) },
		"host-bytes": func(a netip.AddrPort) []byte { return a.Addr().AsSlice() },
		"port-bytes": func(a netip.AddrPort) []byte { return binary.BigEndian.AppendUint16(nil, a.Port()) },
	}[form]
	if part == nil {
		return nil, false
	}
	addr, err := netip.ParseAddrPort(of)
	if err != nil {
		panic(argument.Usage(fmt.Sprintf("%q is not an address HOST:PORT", of)))
	}
	return part(addr), true
}
