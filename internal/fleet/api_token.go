package fleet

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"
)

// APIToken is the record of a bearer token of the API. The token itself is shown once and never kept.
type APIToken struct {
	ID        string // 12 characters, to name it in lists
	Name      string
	Hash      []byte // SHA-256 of the token
	CreatedAt time.Time
}

// NewAPIToken makes a random token of 256 bits and its record.
func NewAPIToken(name string, now time.Time) (token string, record APIToken) {
	var b [32]byte
	rand.Read(b[:]) // never fails, see crypto/rand
	token = "cy_" + base64.RawURLEncoding.EncodeToString(b[:])
	return token, APITokenRecord(token, name, now)
}

// APITokenRecord makes the record of a token that someone else chose.
func APITokenRecord(token, name string, now time.Time) APIToken {
	hash := HashAPIToken(token)
	return APIToken{ID: base64.RawURLEncoding.EncodeToString(hash[:9]), Name: name, Hash: hash, CreatedAt: now}
}

// HashAPIToken returns what is kept of a token. Tokens are random, so they need no salt.
func HashAPIToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
