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

// write puts the certificate and the key into files of PEM (RFC 7468), and
// returns their names in dir.
func (id *identity) write(dir string, mode os.FileMode) (cert, private string, err error) {
	cert, private = id.name+".crt", id.name+".key"
	certFile, keyFile := filepath.Join(dir, cert), filepath.Join(dir, private)
	var certs bytes.Buffer
	for _, der := range id.chain() {
		pem.Encode(&certs, &pem.Block{Type: "CERTIFICATE", Bytes: der}) // a Buffer takes everything
	}
	key, err := x509.MarshalPKCS8PrivateKey(id.key)
	if err == nil {
		err = os.WriteFile(certFile, certs.Bytes(), 0o644)
	}
	os.Remove(keyFile) // its mode may be one that cannot be written to
	if err == nil {
		err = os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), 0o600)
	}
	if err == nil {
		err = os.Chmod(keyFile, mode) // whatever the umask
	}
	return cert, private, err
}
