package fleet

import "strings"

// Hidden stands for a secret wherever one is left out.
const Hidden = "***"

// SecretSetting reports whether a configuration key of OCPP 1.6 or a variable of 2.x holds a secret, by its name: passwords
// and keys of HTTP Basic, mobile networks and VPNs, PINs, shared secrets. Vendors have names of their own, so a part
// of the name is enough.
func SecretSetting(name string) bool {
	lower := strings.ToLower(name)
	for _, part := range [...]string{"password", "passphrase", "authorizationkey", "vpnkey", "privatekey", "apikey", "simpin", "secret"} {
		if strings.Contains(lower, part) {
			return true
		}
	}
	return false
}

// HideUser replaces user and password in every URL of a text by Hidden, however it is spelt.
func HideUser(text string) string {
	const mark = "://"
	from := 0
	for {
		i := strings.Index(text[from:], mark)
		if i < 0 {
			return text
		}
		from += i + len(mark)
		authority := text[from:]
		if end := strings.IndexAny(authority, "/?# \t\n\"'<>"); end >= 0 {
			authority = authority[:end]
		}
		if at := strings.LastIndexByte(authority, '@'); at >= 0 {
			text = text[:from] + Hidden + text[from+at:]
		}
	}
}
