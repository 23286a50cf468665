package secure

import (
	"crypto/x509"
	"os"
	"strconv"

	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
)

var certificateCommands = []scene.Command{{
	Name: "certificate", Group: "TLS",
	Args: "[-by ISSUER] [-authority] [-expired] [-client] [-common CN] [-mode M] [-openssl] [-together] NAME " +
		"[HOST...]",
	Sets:    "NAME NAME_cert NAME_key ca ca_cert ca_key",
	Summary: "make a key, and a certificate for the hosts; their files are $NAME_cert and $NAME_key",
	Detail: "ISSUER signs it; it is ca when it is not given. An ISSUER that there is not yet becomes an authority of " +
		"its own, with its certificate in the file $ISSUER. It may also be an earlier NAME: then its certificate is " +
		"in the file after the new one. With -authority NAME may sign others. With -expired the certificate was " +
		"valid until yesterday. With -client it is good for clients only. CN is the common name of its subject, NAME " +
		"when it is not given; no client should look at it. M is the mode of the key's file, 600 when it is not " +
		"given. The same NAME again stands for the same files, which get another content. The files are PEM, and the " +
		"keys are of the elliptic curve P-256, in the form PKCS 8. With -openssl they are as openssl ecparam " +
		"-genkey writes them: the curve in a block of its own, EC PARAMETERS, and then the key, in the form SEC 1; " +
		"and text stands before each certificate. With -together certificate and key are in one file, whose mode " +
		"is M: the key last, or with -openssl first.",
	Run: makeCertificate,
}}

func makeCertificate(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-authority", "-expired", "-client", "-openssl", "-together"},
		[]string{"-by", "-common", "-mode"})
	argument.AtLeast(1, args)
	w := wish{hosts: args[1:], authority: set["-authority"] != "", expired: set["-expired"] != "",
		common: set["-common"], by: issuer(s, set["-by"])}
	if set["-client"] != "" {
		w.only = x509.ExtKeyUsageClientAuth
	}
	look := form{mode: 0o600, openssl: set["-openssl"] != "", together: set["-together"] != ""}
	if m := set["-mode"]; m != "" {
		bits, err := strconv.ParseUint(m, 8, 9)
		if err != nil {
			panic(argument.Usage("a mode is an octal number, such as 640"))
		}
		look.mode = os.FileMode(bits)
	}
	keepIdentity(s, args[0], w, look)
}

// issuer returns who signs certificates under this name.
func issuer(s *scene.Scene, name string) *identity {
	if name == "" {
		name = firstIssuer
	}
	if id := secureOf(s).identities[name]; id != nil {
		return id
	}
	return keepIdentity(s, name, wish{authority: true}, form{mode: 0o600})
}

// firstIssuer is who signs where nothing else is said.
const firstIssuer = "ca"

// keepIdentity makes an identity and its files.
func keepIdentity(s *scene.Scene, name string, w wish, look form) *identity {
	id, err := newIdentity(name, w)
	if err != nil {
		s.Misuse("certificate: %v", err)
	}
	certFile, keyFile, err := id.write(s.Tmp, look) // the program is started in that folder
	if err != nil {
		s.Misuse("certificate: %v", err)
	}
	secureOf(s).identities[name] = id
	s.TS.Setenv(name+"_cert", certFile)
	s.TS.Setenv(name+"_key", keyFile)
	if w.authority {
		s.TS.Setenv(name, certFile)
	}
	return id
}

// identityOf returns the one that is called so.
func identityOf(s *scene.Scene, name string) *identity {
	id := secureOf(s).identities[name]
	if id == nil {
		s.Misuse("there is no certificate %q: make it with certificate", name)
	}
	return id
}
