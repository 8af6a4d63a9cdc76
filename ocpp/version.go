package ocpp

import "strings"

// Version is a version of OCPP. The zero Version is none.
type Version uint8

// The versions that this module speaks.
const (
	V16  Version = iota + 1 // OCPP 1.6 with the security whitepaper
	V201                    // OCPP 2.0.1
	V21                     // OCPP 2.1
)

// String returns the version as people write it: "1.6", "2.0.1" or "2.1".
func (v Version) String() string {
	switch v {
	case V16:
		return "1.6"
	case V201:
		return "2.0.1"
	case V21:
		return "2.1"
	}
	return "unknown"
}

// Subprotocol returns the WebSocket subprotocol of the version, such as "ocpp2.0.1", and "" for none
// (OCPP-J 2.1 Part 4, 3.1.2).
func (v Version) Subprotocol() string {
	switch v {
	case V16:
		return "ocpp1.6"
	case V201:
		return "ocpp2.0.1"
	case V21:
		return "ocpp2.1"
	}
	return ""
}

// ParseVersion reads what String or Subprotocol return, in any case.
func ParseVersion(s string) (Version, bool) {
	for _, v := range [...]Version{V16, V201, V21} {
		if strings.EqualFold(s, v.String()) || strings.EqualFold(s, v.Subprotocol()) {
			return v, true
		}
	}
	return 0, false
}
