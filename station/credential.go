package station

import (
	"encoding/hex"
	"errors"
	"fmt"
	"unicode/utf8"
)

// AuthorizationKey decodes the configuration key AuthorizationKey of OCPP 1.6 into the password that goes into the
// HTTP Basic header: 16 to 20 bytes written as 32 to 40 hexadecimal digits (security whitepaper, edition 3, A00; rule
// R60).
func AuthorizationKey(key string) ([]byte, error) {
	if len(key) < 32 || len(key) > 40 {
		return nil, fmt.Errorf("station: an AuthorizationKey has 32 to 40 hexadecimal digits, not %d", len(key))
	}
	b, err := hex.DecodeString(key)
	if err != nil { // without err, which quotes the key
		return nil, errors.New("station: an AuthorizationKey has an even number of hexadecimal digits and nothing else")
	}
	return b, nil
}

// BasicAuthPassword checks the configuration variable BasicAuthPassword of OCPP 2.x, which goes into the HTTP Basic
// header as it is: 16 to 64 characters of UTF-8 (2.1 Part 2, SecurityCtrlr.BasicAuthPassword; rule R60). Passwords of
// up to 40 characters are what every CSMS takes.
func BasicAuthPassword(password string) ([]byte, error) {
	if !utf8.ValidString(password) {
		return nil, errors.New("station: a BasicAuthPassword is UTF-8")
	}
	if n := utf8.RuneCountInString(password); n < 16 || n > 64 {
		return nil, fmt.Errorf("station: a BasicAuthPassword has 16 to 64 characters, not %d", n)
	}
	return []byte(password), nil
}
