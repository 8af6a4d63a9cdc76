package ocppgen

import (
	"strings"
	"unicode"
)

// initialisms gives the Go spelling of words that are no words.
var initialisms = map[string]string{
	"Ac": "AC", "Apn": "APN", "Cs": "CS", "Csms": "CSMS", "Csr": "CSR", "Dc": "DC", "Der": "DER", "Emaid": "EMAID",
	"Ev": "EV", "Evse": "EVSE", "Exi": "EXI", "Hv": "HV", "Hw": "HW", "Iccid": "ICCID", "Id": "ID", "Ids": "IDs",
	"Imsi": "IMSI", "Ip": "IP", "Iso": "ISO", "Kw": "KW", "Kwh": "KWh", "Mac": "MAC", "Ocpp": "OCPP", "Ocsp": "OCSP",
	"Pf": "PF", "Pin": "PIN", "Psp": "PSP", "Sim": "SIM", "Soc": "SoC", "Sw": "SW", "Tbc": "TBC", "Uri": "URI",
	"Url": "URL", "Urls": "URLs", "Vat": "VAT", "Vpn": "VPN",
}

// goName turns a wire name (idTag, evMaxEnergyRequest, limit_L2, Energy.Active.Net, L1-N) into an exported Go
// name with initialisms in capitals (IDTag, EVMaxEnergyRequest, LimitL2, EnergyActiveNet, L1N).
func goName(wire string) string {
	var b strings.Builder
	for _, w := range words(wire) {
		r := []rune(w)
		r[0] = unicode.ToUpper(r[0])
		w = string(r)
		if s, ok := initialisms[w]; ok {
			w = s
		}
		b.WriteString(w)
	}
	return b.String()
}

// words splits a name at punctuation and before each capital that begins a word. A digit belongs to no word.
func words(s string) []string {
	var out []string
	start := 0
	cut := func(end int) {
		if end > start {
			out = append(out, s[start:end])
		}
		start = end
	}
	for i := range len(s) {
		switch {
		case !alnum(s[i]):
			cut(i)
			start = i + 1
		case i > start && boundary(s, i):
			cut(i)
		}
	}
	cut(len(s))
	return out
}

// boundary reports whether a word begins at s[i]: aB, a1, 1a, and the last capital of ABc.
func boundary(s string, i int) bool {
	a, b := s[i-1], s[i]
	switch {
	case digit(a) != digit(b):
		return true
	case upper(b):
		return !upper(a) || i+1 < len(s) && lower(s[i+1])
	}
	return false
}

func digit(c byte) bool { return '0' <= c && c <= '9' }
func upper(c byte) bool { return 'A' <= c && c <= 'Z' }
func lower(c byte) bool { return 'a' <= c && c <= 'z' }
func alnum(c byte) bool { return digit(c) || upper(c) || lower(c) }

// defName is the Go name of a definition of OCPP 2.x: without the suffixes Type and EnumType. Where an object
// and an enumeration would meet (IdTokenType, IdTokenEnumType), taken says so and the enumeration keeps Type.
func defName(def string, taken func(def string) bool) string {
	if base, ok := strings.CutSuffix(def, "EnumType"); ok {
		if taken(base + "Type") {
			return goName(base) + "Type"
		}
		return goName(base)
	}
	return goName(strings.TrimSuffix(def, "Type"))
}

// fileName is the name of the file of an action: GetDERControl is in get_der_control.go.
func fileName(action string) string {
	return strings.ToLower(strings.Join(words(action), "_")) + ".go"
}
