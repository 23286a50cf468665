//go:build unix

package wire

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"testing"
)

// selfSigned returns a certificate that nobody else has signed.
func selfSigned(t *testing.T) tls.Certificate {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}
}

// securePair returns two ends that have shaken hands: client and server.
func securePair(t *testing.T, w Window) (client, server *Conn) {
	t.Helper()
	client, server = pair(t, "127.0.0.1", w)
	client.Secure(tls.Client, &tls.Config{InsecureSkipVerify: true})
	server.Secure(tls.Server, &tls.Config{Certificates: []tls.Certificate{selfSigned(t)}})
	var errs [2]error
	for first := true; first || errs[0] == ErrLater || errs[1] == ErrLater; first = false {
		for i, c := range []*Conn{client, server} {
			if _, over := c.TLS(); !over {
				errs[i] = c.Handshake(short)
			}
		}
	}
	if errs != [2]error{} {
		t.Fatalf("handshake: %v", errs)
	}
	return client, server
}

func TestSecureCarriesBytesInRecords(t *testing.T) {
	c, s := securePair(t, Default)
	before := c.Wire()
	if n, err := c.Write([]byte("hello"), long); n != 5 || err != nil {
		t.Fatalf("Write: %d, %v", n, err)
	}
	if got := c.Wire() - before; got != 5+1+16+5 { // its type, the tag, the header
		t.Errorf("5 bytes are %d on the wire", got)
	}
	if got, err := read(t, s, long); got != "hello" || err != nil {
		t.Errorf("read %q, %v", got, err)
	}
	if _, err := read(t, c, short); err != ErrLater { // the session ticket is none of the program's bytes
		t.Errorf("nothing was written, and Read returns %v", err)
	}
	if c.Sent() != 5 || s.Received() != 5 {
		t.Errorf("sent %d, received %d", c.Sent(), s.Received())
	}
}

// A close_notify is an end, a FIN without one another, and one inside a record a third.
func TestSecureEnds(t *testing.T) {
	c, s := securePair(t, Default)
	c.CloseNotify(long)
	if _, err := read(t, s, long); err != io.EOF || !s.Notified() || s.EOF {
		t.Errorf("after a close_notify: %v, notified %v, FIN %v", err, s.Notified(), s.EOF)
	}
	c.CloseWrite()
	if _, err := read(t, s, long); err != io.EOF || !s.EOF {
		t.Errorf("after the FIN: %v, FIN %v", err, s.EOF)
	}

	c, s = securePair(t, Default)
	c.Bare()
	c.CloseWrite()
	if _, err := read(t, s, long); err != io.EOF || s.Notified() || !s.EOF {
		t.Errorf("after a FIN alone: %v, notified %v, FIN %v", err, s.Notified(), s.EOF)
	}

	for _, raw := range []string{"\x17\x03\x03\x00\x40cut", "no record"} {
		c, s = securePair(t, Default)
		c.Bare()
		c.Write([]byte(raw), long)
		c.CloseWrite()
		var alert *AlertError
		if _, err := read(t, s, long); !errors.As(err, &alert) || alert.Sent {
			t.Errorf("after %q: %v", raw, err)
		}
	}
}

// What does not fit into the kernel's buffers is sent later, and counted then.
func TestSecureWithoutRoom(t *testing.T) {
	c, s := securePair(t, Small)
	want := bytes.Repeat([]byte("0123456789abcdef"), 64<<10)
	sent, got, buf := 0, []byte{}, make([]byte, 32<<10)
	for len(got) < len(want) {
		n, err := c.Write(want[sent:], short)
		if sent += n; err != nil && err != ErrLater {
			t.Fatal(err)
		}
		n, err = s.Read(buf, short)
		if got = append(got, buf[:n]...); err != nil && err != ErrLater {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(got, want) || sent != len(want) {
		t.Errorf("sent %d of %d, and what came differs: %v", sent, len(want), !bytes.Equal(got, want))
	}
}

// A handshake that is given up leaves no goroutine that waits for it.
func TestSecureAbandoned(t *testing.T) {
	d, a := pair(t, "127.0.0.1", Default)
	d.Secure(tls.Client, &tls.Config{InsecureSkipVerify: true})
	if err := d.Handshake(short); err != ErrLater {
		t.Fatalf("nobody has answered, and Handshake returns %v", err)
	}
	a.Reset()
	if err := d.Handshake(long); err != ErrReset {
		t.Errorf("after a reset: %v", err)
	}
	d.Reset()
	if over, _ := d.layer.settle(); !over {
		t.Error("the handshake goes on")
	}
}
