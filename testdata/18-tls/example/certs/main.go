// Certs makes an authority and some certificates by it, to try things out.
//
//	certs
//
// It writes, into the current folder: ca.pem, the authority; tlsd.pem and
// tlsd.key, a certificate for tlsd.example with its key; old.pem and old.key, one
// that was good until yesterday; and other.pem, another authority. The key of an
// authority is forgotten: nothing can be signed by it later.
package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log"
	"math/big"
	"os"
	"time"
)

const day = 24 * time.Hour

func main() {
	ca := authority("ca")
	authority("other")
	ca.certify("tlsd", time.Now().Add(90*day))
	ca.certify("old", time.Now().Add(-day))
}

// An issuer signs certificates.
type issuer struct {
	certificate *x509.Certificate
	key         ed25519.PrivateKey
}

// authority makes one, which signs its own certificate.
func authority(name string) issuer {
	public, key, err := ed25519.GenerateKey(rand.Reader)
	check(err)
	ca := issuer{&x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-day), NotAfter: time.Now().Add(90 * day),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, key}
	ca.write(name, ca.certificate, public)
	return ca
}

// certify makes a key, and a certificate for tlsd.example.
func (by issuer) certify(name string, until time.Time) {
	public, key, err := ed25519.GenerateKey(rand.Reader)
	check(err)
	by.write(name, &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name},
		DNSNames: []string{"tlsd.example"}, NotBefore: time.Now().Add(-2 * day), NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}, public)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	check(err)
	check(os.WriteFile(name+".key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
}

func (by issuer) write(name string, what *x509.Certificate, public ed25519.PublicKey) {
	der, err := x509.CreateCertificate(rand.Reader, what, by.certificate, public, by.key)
	check(err)
	check(os.WriteFile(name+".pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
