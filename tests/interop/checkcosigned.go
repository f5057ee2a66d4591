// Checkcosigned opens a checkpoint with golang.org/x/mod/sumdb/note: the log's signature, and cosignatures of
// C2SP tlog-cosignature, Ed25519 kind. The package finds and decodes the lines and asks the verifiers below.
//
//	checkcosigned -log 'origin+id+key' -witness 'name+id+key' [-witness ...] < checkpoint
//
// It prints who signed, and ends with status 1 when the log or one of the witnesses did not.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

type vkeys []string

func (v *vkeys) String() string     { return strings.Join(*v, " ") }
func (v *vkeys) Set(s string) error { *v = append(*v, s); return nil }

// cosigner is a note.Verifier for signature type 0x04.
type cosigner struct {
	name string
	key  ed25519.PublicKey
}

func (c cosigner) Name() string { return c.name }

func (c cosigner) KeyHash() uint32 {
	sum := sha256.Sum256(append([]byte(c.name+"\n\x04"), c.key...))
	return binary.BigEndian.Uint32(sum[:])
}

func (c cosigner) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	at := binary.BigEndian.Uint64(sig)
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", at, msg)
	return ed25519.Verify(c.key, []byte(signed), sig[8:])
}

func parse(vkey string) cosigner {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		log.Fatalf("verifier key %q", vkey)
	}
	raw, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(raw) != 33 || raw[0] != 4 {
		log.Fatalf("verifier key %q", vkey)
	}
	c := cosigner{parts[0], raw[1:]}
	if id := fmt.Sprintf("%08x", c.KeyHash()); id != parts[1] {
		log.Fatalf("key ID %s, not %s", parts[1], id)
	}
	return c
}

func main() {
	log.SetFlags(0)
	var witnesses vkeys
	vkey := flag.String("log", "", "verifier key of the log")
	flag.Var(&witnesses, "witness", "verifier key of a witness")
	flag.Parse()

	own, err := note.NewVerifier(*vkey)
	if err != nil {
		log.Fatal(err)
	}
	known := []note.Verifier{own}
	for _, one := range witnesses {
		known = append(known, parse(one))
	}
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	opened, err := note.Open(text, note.VerifierList(known...))
	if err != nil {
		log.Fatal(err)
	}
	signed := map[string]bool{}
	for _, one := range opened.Sigs {
		signed[fmt.Sprintf("%s+%08x", one.Name, one.Hash)] = true
		fmt.Printf("signed by %s\n", one.Name)
	}
	for _, one := range known {
		if !signed[fmt.Sprintf("%s+%08x", one.Name(), one.KeyHash())] {
			log.Fatalf("not signed by %s", one.Name())
		}
	}
	fmt.Printf("ok: %d more of unknown keys\n", len(opened.UnverifiedSigs))
}
