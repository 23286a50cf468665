package grade

import (
	"bytes"
	"net"
	"runtime"
	"slices"
	"testing"
)

// Servers that know special bytes or special sizes.
func init() {
	tinyHandlers["drops-nul"] = tinyEcho(func(b []byte) []byte { return bytes.ReplaceAll(b, []byte{0}, nil) })
	tinyHandlers["unifies-ends"] = tinyEcho(
		func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) })
	tinyHandlers["answers-quit"] = tinyEcho(func(b []byte) []byte {
		if string(b) == "quit\n" {
			return []byte("quit\nbye\n")
		}
		return b
	})
	tinyHandlers["full-means-more"] = func(conn net.Conn) {
		var all []byte
		buf := make([]byte, 32<<10)
		for {
			n, err := conn.Read(buf)
			if all = append(all, buf[:n]...); n < len(buf) {
				conn.Write(all)
				all = nil
			}
			if err != nil {
				return
			}
		}
	}
}

// tinyEcho answers each read with what change makes of it.
func tinyEcho(change func([]byte) []byte) func(net.Conn) {
	return func(conn net.Conn) {
		buf := make([]byte, 64<<10)
		for {
			n, err := conn.Read(buf)
			conn.Write(change(slices.Clone(buf[:n])))
			if err != nil {
				return
			}
		}
	}
}

func TestSpecialBytesAndSizes(t *testing.T) {
	const (
		bytesScript = "serve\ndial A\nlockstep A each:all-bytes twice:all-bytes '\\r\\n' '\\n\\r' 'quit\\n' 'line: 1'"
		sizesScript = "serve\ndial A\nsized A 1 511-513 32767-32769 65535-65537 odd:4"
	)
	for _, c := range []struct{ program, script, want string }{
		{"echo", bytesScript, "pass"},
		{"drops-nul", bytesScript, "fail:silence"},
		{"unifies-ends", bytesScript, "fail:wrong-bytes"},
		{"answers-quit", bytesScript, "fail:wrong-bytes"},
		{"answers-quit", "serve\ndial A\nlockstep A 'a' 'quit\\n'", "fail:extra-bytes"},
		{"echo", sizesScript, "pass"},
		{"full-means-more", sizesScript, "fail:silence"},
		{"full-means-more", "serve\ndial A\nsized A odd:20 32769", "pass"},
		{"echo", "serve\ndial A\nsized A 9-8", "error:error"},
		{"echo", "serve\ndial A\nsized A 257KiB", "error:error"},
	} {
		t.Run(c.program, func(t *testing.T) {
			t.Parallel()
			if runtime.GOOS == "windows" {
				t.Skip("no program can be stopped here and let go on")
			}
			r := gradeTiny(t, tinyUnit(t, c.script), Options{}, c.program, "")
			if got := statuses(r); got != c.want {
				t.Errorf("%s; want %s\n%s", got, c.want, r.Text())
			}
		})
	}
}
