package fleet

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
	"time"
)

// TestR60KeysFitInEveryForm: the key's text, its bytes as OCPP 1.6 sends them, and bytes that are no text.
func TestR60KeysFitInEveryForm(t *testing.T) {
	key := NewKey()
	raw, err := hex.DecodeString(key)
	if err != nil || len(raw) != 20 || len(key) < 16 || len(key) > 40 {
		t.Fatalf("key %q: %v", key, err)
	}
	c := NewCredential(key)
	for name, password := range map[string][]byte{
		"text": []byte(key), "upper case": []byte(strings.ToUpper(key)), "bytes": raw,
	} {
		if !c.Verify(password) {
			t.Errorf("the %s of the key does not fit", name)
		}
	}
	odd := []byte("\x00\xff:\xfe0123456789abcdef")
	if !NewCredential(hex.EncodeToString(odd)).Verify(odd) {
		t.Error("bytes with NUL, 0xFF and a colon do not fit")
	}
	if c := NewCredential("sixteen letters!"); !c.Verify([]byte("sixteen letters!")) || c.Verify([]byte("Sixteen letters!")) {
		t.Error("a password of 2.x is text, and its case counts")
	}
}

func TestWrongKeysDoNotFit(t *testing.T) {
	c := NewCredential(NewKey())
	for _, password := range []string{"", "x", NewKey(), string(c.Hash), strings.Repeat("a", 1<<16)} {
		if c.Verify([]byte(password)) {
			t.Errorf("%.50q fits", password)
		}
		if (Credential{}).Verify([]byte(password)) {
			t.Errorf("%.50q fits where there is no credential", password)
		}
	}
}

func TestCredentialsAreSalted(t *testing.T) {
	a, b := NewCredential("key"), NewCredential("key")
	if bytes.Equal(a.Hash, b.Hash) || bytes.Equal(a.Salt, b.Salt) || len(a.Salt) != 16 {
		t.Errorf("%+v and %+v", a, b)
	}
}

func TestAPITokens(t *testing.T) {
	now := time.Now()
	token, record := NewAPIToken("n", now)
	other, _ := NewAPIToken("n", now)
	if token == other || !bytes.Equal(record.Hash, HashAPIToken(token)) || bytes.Equal(record.Hash, HashAPIToken(other)) {
		t.Errorf("%s, %s, %+v", token, other, record)
	}
	if len(record.ID) != 12 || strings.Contains(token, record.ID) {
		t.Errorf("id %q of %q", record.ID, token)
	}
}
