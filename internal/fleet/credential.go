package fleet

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strings"
	"time"
)

// Credential is what is kept of a station's key: a salted SHA-256. Keys are random, so a slow hash would protect
// nothing and cost 50 ms for each of thousands of reconnects. The zero Credential accepts nothing.
type Credential struct {
	Salt []byte // 16 bytes
	Hash []byte // 32 bytes
}

// NewKey returns a random key of 40 hex digits (160 bits). That form suits every version: OCPP 1.6 takes it as
// AuthorizationKey and then sends its 20 bytes, 2.x sends the text itself (rule R60).
func NewKey() string {
	var b [20]byte
	rand.Read(b[:]) // never fails, see crypto/rand
	return hex.EncodeToString(b[:])
}

// NewCredential makes the credential of a key.
func NewCredential(key string) Credential {
	salt := make([]byte, 16)
	rand.Read(salt) // never fails, see crypto/rand
	return Credential{Salt: salt, Hash: hashKey(salt, canonicalKey(key))}
}

// IsZero reports whether there is no credential.
func (c Credential) IsZero() bool { return len(c.Hash) == 0 }

// Verify reports whether password, as it came in a Basic header, is the key: its text, or the 16 to 20 bytes
// that its hex digits say. The time it takes does not depend on where they differ.
func (c Credential) Verify(password []byte) bool {
	if c.IsZero() {
		return false
	}
	ok := subtle.ConstantTimeCompare(c.Hash, hashKey(c.Salt, canonicalKey(string(password))))
	if n := len(password); 16 <= n && n <= 20 {
		ok |= subtle.ConstantTimeCompare(c.Hash, hashKey(c.Salt, hex.EncodeToString(password)))
	}
	return ok == 1
}

// canonicalKey writes hex keys in lower case, the case in which decoded bytes are compared.
func canonicalKey(key string) string {
	if n := len(key); 32 <= n && n <= 40 && strings.Trim(key, "0123456789abcdefABCDEF") == "" {
		return strings.ToLower(key)
	}
	return key
}

func hashKey(salt []byte, key string) []byte {
	h := sha256.New()
	h.Write(salt)        // never fails, see hash.Hash
	h.Write([]byte(key)) // never fails, see hash.Hash
	return h.Sum(nil)
}

// Identity is what must be known of a station to let it in.
type Identity struct {
	ID         string
	Known      bool // created by the operator
	Profile    int  // security profile that it must use
	Credential Credential
	Offered    Credential // a new one of which the station has not said whether it took it over
	Serial     string     // from its latest boot; profile 3 may bind certificates to it (rule R63)
	BootStatus BootStatus
	BootPolicy BootPolicy
	KeySeen    time.Time // when it was first seen with Credential; zero: not yet
}

// CredentialState is how it stands with the key of a station.
type CredentialState struct {
	Set       bool      // it has one
	Since     time.Time // when it got it; zero: not known
	Seen      time.Time // when it was first seen with it; zero: not yet
	Offered   bool      // another one was offered, and either is accepted until it is seen with that
	OfferedAt time.Time // zero: not known
}

// Verify returns the credential that a password fits, and the zero Credential when it fits none.
func (id Identity) Verify(password []byte) Credential {
	for _, c := range [...]Credential{id.Credential, id.Offered} {
		if c.Verify(password) {
			return c
		}
	}
	return Credential{}
}

// Has reports whether c is one of the station's credentials.
func (id Identity) Has(c Credential) bool {
	return !c.IsZero() && (bytes.Equal(c.Hash, id.Credential.Hash) || bytes.Equal(c.Hash, id.Offered.Hash))
}
