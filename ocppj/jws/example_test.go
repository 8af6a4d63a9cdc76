package jws_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"

	"github.com/chargeyard/chargeyard/ocppj"
	"github.com/chargeyard/chargeyard/ocppj/jws"
)

func Example() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		fmt.Println(err)
		return
	}
	signer, err := jws.NewSigner(jws.SignerOptions{Key: key})
	if err != nil {
		fmt.Println(err)
		return
	}
	verifier := jws.NewVerifier(func(_ context.Context, m ocppj.SignedMessage, _ string) (crypto.PublicKey, error) {
		if m.Identity != "CS1" {
			return nil, jws.ErrUnknownKey
		}
		return key.Public(), nil
	})

	m := ocppj.SignedMessage{Identity: "CS1", Type: ocppj.TypeCall, MessageID: "1", Action: "Reset"}
	signed, err := signer.Sign(context.Background(), m, []byte(`{"type":"Immediate"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	payload, err := verifier.Verify(context.Background(), m, signed)
	fmt.Println(string(payload), err)
	m.Action = "ClearCache"
	_, err = verifier.Verify(context.Background(), m, signed)
	fmt.Println(err)
	// Output:
	// {"type":"Immediate"} <nil>
	// jws: the signature is for another action
}
