package weave

import "testing"

// TestStandard looks up names that stand in the source in different ways.
func TestStandard(t *testing.T) {
	for _, name := range []string{"Listen", "Conn", "ErrClosed", "IPv4len", "FlagUp", "DefaultResolver"} {
		if !standard("net").names[name] {
			t.Errorf("net.%s is not found", name)
		}
	}
	members := []struct{ pkg, typ, name string }{
		{"net", "Conn", "Read"},           // of an interface
		{"net", "TCPConn", "CloseWrite"},  // of a pointer
		{"net", "TCPConn", "SetDeadline"}, // of an embedded type
		{"net", "Dialer", "Timeout"},      // a field
		{"net", "Error", "Error"},         // embedded, of no package
		{"bufio", "ReadWriter", "Flush"},  // embedded by a pointer
		{"io", "ReadCloser", "Close"},
		{"sync/atomic", "Int64", "Add"},
		{"sync/atomic", "Pointer", "Load"}, // of a generic type
	}
	for _, m := range members {
		if !standard(m.pkg).has(m.typ, m.name) {
			t.Errorf("%s.%s.%s is not found", m.pkg, m.typ, m.name)
		}
		if standard(m.pkg).has(m.typ, m.name+"s") {
			t.Errorf("%s.%s.%ss is found", m.pkg, m.typ, m.name)
		}
	}
	if standard("nett") != nil {
		t.Error("there is a package nett")
	}
}
