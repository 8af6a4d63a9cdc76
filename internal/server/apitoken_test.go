package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/internal/store/sqlite"
)

func openTokens(t *testing.T, data, fixed string) *apiTokens {
	t.Helper()
	s, err := sqlite.Open(data, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return newAPITokens(s, data, fixed)
}

func valid(t *testing.T, tokens *apiTokens, token string) bool {
	t.Helper()
	ok, err := tokens.VerifyToken(t.Context(), token)
	if err != nil {
		t.Error(err)
	}
	return ok
}

func TestTheFirstStartMakesATokenOnce(t *testing.T) {
	tokens := openTokens(t, t.TempDir(), "")
	first, err := tokens.first(t.Context())
	if err != nil || !strings.HasPrefix(first, "cy_") || !valid(t, tokens, first) {
		t.Errorf("first: %q %v", first, err)
	}
	if again, err := tokens.first(t.Context()); again != "" || err != nil {
		t.Errorf("again: %q %v", again, err)
	}
	if valid(t, tokens, "") || valid(t, tokens, first[:len(first)-1]) {
		t.Error("another token is valid")
	}
}

func TestAConfiguredTokenIsValidAndNotStored(t *testing.T) {
	tokens := openTokens(t, t.TempDir(), "mine")
	if first, err := tokens.first(t.Context()); first != "" || err != nil {
		t.Errorf("a token was made although there is one: %q %v", first, err)
	}
	if !valid(t, tokens, "mine") || valid(t, tokens, "") {
		t.Error("the configured token is not the valid one")
	}
	if list, err := tokens.store.ListAPITokens(t.Context()); len(list) != 0 || err != nil {
		t.Errorf("stored: %v %v", list, err)
	}
}

func TestANewTokenIsAcceptedByARunningServer(t *testing.T) {
	data := t.TempDir()
	tokens := openTokens(t, data, "")
	token, err := NewAPIToken(data, "dashboard")
	if err != nil {
		t.Fatal(err)
	}
	if files, err := os.ReadDir(newTokensDir(data)); err != nil || len(files) != 1 {
		t.Fatalf("%v %v", files, err)
	} else if content, err := os.ReadFile(filepath.Join(newTokensDir(data), files[0].Name())); err != nil || strings.Contains(string(content), token) {
		t.Errorf("the token is on disk: %s %v", content, err)
	}
	for range 2 {
		if !valid(t, tokens, token) {
			t.Error("the new token is not valid")
		}
	}
	if files, _ := os.ReadDir(newTokensDir(data)); len(files) != 0 {
		t.Errorf("left over: %v", files)
	}
	if list, err := tokens.store.ListAPITokens(t.Context()); err != nil || len(list) != 1 || list[0].Name != "dashboard" {
		t.Errorf("stored: %v %v", list, err)
	}
}

func TestATokenMadeBeforeTheFirstStartIsTheFirst(t *testing.T) {
	data := filepath.Join(t.TempDir(), "new")
	token, err := NewAPIToken(data, "early")
	if err != nil {
		t.Fatal(err)
	}
	tokens := openTokens(t, data, "")
	if first, err := tokens.first(t.Context()); first != "" || err != nil {
		t.Errorf("a second one was made: %q %v", first, err)
	}
	if !valid(t, tokens, token) {
		t.Error("the early token is not valid")
	}
}

func TestABrokenTokenFileIsNamedAndNoToken(t *testing.T) {
	data := t.TempDir()
	tokens := openTokens(t, data, "mine")
	if err := os.MkdirAll(newTokensDir(data), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(newTokensDir(data), "x.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if ok, err := tokens.VerifyToken(t.Context(), "other"); ok || err == nil || !strings.Contains(err.Error(), "x.json") {
		t.Errorf("%v %v", ok, err)
	}
	if !valid(t, tokens, "mine") {
		t.Error("other tokens suffer")
	}
}
