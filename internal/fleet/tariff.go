package fleet

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Tariff is what charging costs. What is behind an id never changes (I08.FR.08); texts and the note may.
type Tariff struct {
	ID string
	TariffPrices

	Texts       []TariffText
	TextVersion int64  // grows with each change of Texts
	Note        string // the operator's own words

	CreatedAt  time.Time
	UpdatedAt  time.Time
	AssignedAt time.Time // when it was first given to anybody; zero: never
}

// TariffPrices is the content of a tariff: a TariffType of OCPP 2.1 without conditions and reservations. All amounts are
// without taxes, in the currency; "" is no price.
type TariffPrices struct {
	Currency     string  `json:"currency"`               // ISO 4217
	Energy       Decimal `json:"energy,omitempty"`       // for a kWh
	ChargingTime Decimal `json:"chargingTime,omitempty"` // for a minute
	IdleTime     Decimal `json:"idleTime,omitempty"`     // for a minute
	FixedFee     Decimal `json:"fixedFee,omitempty"`     // once
	MinCost      Decimal `json:"minCost,omitempty"`
	MaxCost      Decimal `json:"maxCost,omitempty"`

	TaxRates []TaxRate `json:"taxRates,omitempty"` // of all amounts
}

// TaxRate is a tax on all prices of a tariff (I12.FR.13).
type TaxRate struct {
	Type  string  `json:"type"`            // such as VAT
	Tax   Decimal `json:"tax"`             // percent
	Stack int     `json:"stack,omitempty"` // 0: on the price; 1: on the price with the taxes of stack 0; and so on
}

// TariffText is a tariff in words for drivers.
type TariffText struct {
	Language string `json:"language,omitempty"` // as in RFC 5646; "" not said
	Content  string `json:"content"`
}

// Limits of tariffs: what fits into a TariffType and a MessageContent of every version.
const (
	MaxTariffID    = 60
	MaxTariffTexts = 5
	MaxTariffText  = 512
	MaxTaxRates    = 5
	MaxTaxStack    = 9
	maxTaxType     = 20
	maxAmount      = Decimal("1000000")
	maxPlaces      = 6 // digits after the point
)

// Check returns what is wrong with a tariff. Pointers are those of the API.
func (t Tariff) Check() Faults {
	var f Faults
	f.addIf(!isCurrency(t.Currency), "/currency", "it is a code of ISO 4217, such as EUR")
	for _, a := range t.amounts() {
		checkAmount(&f, a.pointer, *a.value)
	}
	f.addIf(t.MinCost != "" && t.MaxCost != "" && t.MinCost.Compare(t.MaxCost) > 0, "/minCost", "it is above maxCost")
	f.addIf(len(t.TaxRates) > MaxTaxRates, "/taxRates", "there are at most %d", MaxTaxRates)
	for i, rate := range t.TaxRates {
		at := fmt.Sprintf("/taxRates/%d", i)
		f.addIf(rate.Type == "" || utf8.RuneCountInString(rate.Type) > maxTaxType, at+"/type", "it has 1 to %d characters", maxTaxType)
		f.addIf(rate.Tax == "", at+"/tax", "say how many percent")
		checkAmount(&f, at+"/tax", rate.Tax)
		f.addIf(rate.Stack < 0 || rate.Stack > MaxTaxStack, at+"/stack", "it is from 0 to %d", MaxTaxStack)
	}
	t.checkTexts(&f)
	return f
}

func (t Tariff) checkTexts(f *Faults) {
	f.addIf(len(t.Texts) > MaxTariffTexts, "/texts", "there are at most %d", MaxTariffTexts)
	seen := map[string]bool{}
	for i, text := range t.Texts {
		at := fmt.Sprintf("/texts/%d", i)
		f.addIf(text.Content == "" || utf8.RuneCountInString(text.Content) > MaxTariffText, at+"/content", "it has 1 to %d characters", MaxTariffText)
		language := strings.ToLower(text.Language)
		f.addIf(seen[language], at+"/language", "there is a text in this language already")
		seen[language] = true
	}
}

// IsTariffID reports whether a tariff can have this id.
func IsTariffID(id string) bool {
	const signs = "._-:@*+~"
	plain := strings.Trim(id, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"+signs) == ""
	return id != "" && len(id) <= MaxTariffID && plain && !strings.ContainsAny(id[:1], signs)
}

// amount is one of the amounts of a tariff, with its place in the API.
type amount struct {
	pointer string
	value   *Decimal
}

func (p *TariffPrices) amounts() []amount {
	return []amount{
		{"/energy", &p.Energy},
		{"/chargingTime", &p.ChargingTime},
		{"/idleTime", &p.IdleTime},
		{"/fixedFee", &p.FixedFee},
		{"/minCost", &p.MinCost},
		{"/maxCost", &p.MaxCost},
	}
}

func checkAmount(f *Faults, pointer string, d Decimal) {
	_, places, _ := strings.Cut(string(d.Trim()), ".")
	switch {
	case d == "":
	case d.Compare("0") < 0 || d.Compare(maxAmount) > 0:
		f.add(pointer, "it is from 0 to %s", maxAmount)
	case len(places) > maxPlaces:
		f.add(pointer, "it has at most %d digits after the point", maxPlaces)
	}
}

func isCurrency(code string) bool {
	return len(code) == 3 && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// Tidy returns the prices as they are kept, so that equal ones look the same.
func (p TariffPrices) Tidy() TariffPrices {
	for _, a := range p.amounts() {
		*a.value = a.value.Trim()
	}
	rates := p.TaxRates
	p.TaxRates = nil
	for _, rate := range rates {
		rate.Tax = rate.Tax.Trim()
		p.TaxRates = append(p.TaxRates, rate)
	}
	return p
}

// Text returns the text for a driver: in the language, or in another regional variant of it, or else the first one. It is the
// zero TariffText when there is none.
func (t *Tariff) Text(language string) TariffText {
	if len(t.Texts) == 0 {
		return TariffText{}
	}
	for _, same := range []func(string) string{strings.ToLower, primaryLanguage} {
		for _, text := range t.Texts {
			if language != "" && same(text.Language) == same(language) {
				return text
			}
		}
	}
	return t.Texts[0]
}

// primaryLanguage returns the first part of a language tag: de of de-AT.
func primaryLanguage(tag string) string {
	primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
	return primary
}

// TariffSource says why a tariff counts.
type TariffSource string

// The sources, the nearest first.
const (
	TariffOfToken   TariffSource = "token"   // it was given to the token
	TariffOfGroup   TariffSource = "group"   // it was given to the group of the token
	TariffOfStation TariffSource = "station" // it was given to the station
	TariffOfServer  TariffSource = "default" // it is for everybody else
	TariffTold      TariffSource = "told"    // the station goes by a tariff of its own, and computes the cost
)
