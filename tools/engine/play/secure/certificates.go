package secure

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// An identity is a certificate with its key.
type identity struct {
	name   string
	key    *ecdsa.PrivateKey
	leaf   *x509.Certificate
	issuer *identity // nil where it is its own
}

// wish says what a certificate is to be like.
type wish struct {
	hosts     []string // whom it names
	common    string   // the common name; none for that of the identity
	authority bool     // it may sign others
	expired   bool
	only      x509.ExtKeyUsage // what it is good for; 0: for both sides
	by        *identity        // who signs it; nil: itself
}

// The times between which certificates are valid are far from now: no clock that
// is a little wrong matters.
const (
	aDay  = 24 * time.Hour
	aYear = 365 * aDay
)

// newIdentity makes a key and a certificate for it.
func newIdentity(name string, w wish) (*identity, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		return nil, err
	}
	if w.common == "" {
		w.common = name
	}
	t := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: w.common},
		NotBefore: time.Now().Add(-aYear), NotAfter: time.Now().Add(aYear),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true, IsCA: w.authority,
	}
	if w.expired {
		t.NotAfter = time.Now().Add(-aDay)
	}
	if w.only != 0 {
		t.ExtKeyUsage = []x509.ExtKeyUsage{w.only}
	}
	if w.authority {
		t.KeyUsage, t.ExtKeyUsage = x509.KeyUsageCertSign|x509.KeyUsageCRLSign, nil
	}
	for _, host := range w.hosts {
		if ip := net.ParseIP(host); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, host)
		}
	}
	id := &identity{name: name, key: key, issuer: w.by}
	parent, signer := t, key
	if w.by != nil {
		parent, signer = w.by.leaf, w.by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, t, parent, &key.PublicKey, signer)
	if err != nil {
		return nil, err
	}
	id.leaf, err = x509.ParseCertificate(der)
	return id, err
}

// chain returns its certificate, and those of its issuers up to the root, which
// is not among them: the peer has that.
func (id *identity) chain() (all [][]byte) {
	all = [][]byte{id.leaf.Raw}
	for up := id.issuer; up != nil && up.issuer != nil; up = up.issuer {
		all = append(all, up.leaf.Raw)
	}
	return all
}

// certificate returns it as crypto/tls wants it.
func (id *identity) certificate() tls.Certificate {
	return tls.Certificate{Certificate: id.chain(), PrivateKey: id.key, Leaf: id.leaf}
}

// pool returns the roots of one who trusts it alone.
func (id *identity) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(id.leaf)
	return pool
}

// form says what the files of an identity look like.
type form struct {
	mode     os.FileMode // of the file with the key
	openssl  bool        // as openssl writes them; otherwise as few bytes as there can be
	together bool        // one file for both
}

// write puts the certificate and the key into files of PEM (RFC 7468), and
// returns their names in dir.
func (id *identity) write(dir string, look form) (cert, private string, err error) {
	key, err := id.privateKey(look)
	if err != nil {
		return "", "", err
	}
	certs := id.certificates(look)
	cert, private = id.name+".crt", id.name+".key"
	if look.together {
		cert, private = id.name+".pem", id.name+".pem"
		if look.openssl {
			key = append(key, certs...)
		} else {
			key = append(certs, key...)
		}
	}
	keyFile := filepath.Join(dir, private)
	if !look.together {
		err = os.WriteFile(filepath.Join(dir, cert), certs, 0o644)
	}
	os.Remove(keyFile) // its mode may be one that cannot be written to
	if err == nil {
		err = os.WriteFile(keyFile, key, 0o600)
	}
	if err == nil {
		err = os.Chmod(keyFile, look.mode) // whatever the umask
	}
	return cert, private, err
}

// certificates returns its chain as blocks of PEM.
func (id *identity) certificates(look form) []byte {
	var all bytes.Buffer
	for _, der := range id.chain() {
		if look.openssl {
			if c, err := x509.ParseCertificate(der); err == nil {
				fmt.Fprintf(&all, "subject=%v\nissuer=%v\n", c.Subject, c.Issuer)
			}
		}
		pem.Encode(&all, &pem.Block{Type: "CERTIFICATE", Bytes: der}) // a Buffer takes everything
	}
	return all.Bytes()
}

// privateKey returns its key as blocks of PEM.
func (id *identity) privateKey(look form) ([]byte, error) {
	if !look.openssl {
		key, err := x509.MarshalPKCS8PrivateKey(id.key)
		return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), err
	}
	key, err := x509.MarshalECPrivateKey(id.key)
	return append(pem.EncodeToMemory(&pem.Block{Type: "EC PARAMETERS", Bytes: p256}),
		pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: key})...), err
}

// p256 is the object identifier of the curve P-256, 1.2.840.10045.3.1.7, in DER.
var p256 = []byte{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07}
