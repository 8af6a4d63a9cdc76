package fleet

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// Cost is what a transaction has cost so far.
type Cost struct {
	Currency string
	Kind     CostKind
	By       CostSource
	Total    Price
	Usage    Usage // what it is for, as the events tell

	CostParts
}

// CostParts are what a cost is made of. Without a minimum or maximum the total is their sum. "" in a Price: the tariff has no
// such price.
type CostParts struct {
	Fixed        Price `json:"fixed,omitzero"`
	Energy       Price `json:"energy,omitzero"`
	ChargingTime Price `json:"chargingTime,omitzero"`
	IdleTime     Price `json:"idleTime,omitzero"`
}

// Price is an amount with and without taxes; "" not known.
type Price struct {
	ExclTax Decimal `json:"exclTax,omitempty"`
	InclTax Decimal `json:"inclTax,omitempty"`
}

// CostKind says whether a limit of the tariff set the total, in the words of OCPP 2.1.
type CostKind string

// The kinds of cost.
const (
	NormalCost CostKind = "NormalCost"
	MinCost    CostKind = "MinCost" // the parts are less
	MaxCost    CostKind = "MaxCost" // the parts are more
)

// CostSource says who computed a cost.
type CostSource string

// Who computes.
const (
	CostByServer  CostSource = "server"
	CostByStation CostSource = "station"
)

// Rates are the prices of a tariff, ready to compute with. They are not changed, and safe for concurrent use.
type Rates struct {
	currency string
	places   int // of the smallest unit of money

	energy, chargingTime, idleTime, fixed *rate  // nil: no price
	minimum, maximum                      *money // nil: none
}

// rate is what one Wh, second or whatever costs.
type rate struct{ excl, incl fraction }

// fraction is a number of smallest units of money.
type fraction struct{ num, den *big.Int }

// money is an amount in smallest units, without and with taxes.
type money struct{ excl, incl *big.Int }

// NewRates prepares the prices of a tariff, which Check has found right.
func NewRates(p TariffPrices) *Rates {
	r := &Rates{currency: p.Currency, places: minorPlaces(p.Currency)}
	taxed := taxFactor(p.TaxRates)
	r.energy = r.rate(p.Energy, 1000, taxed)
	r.chargingTime = r.rate(p.ChargingTime, 60, taxed)
	r.idleTime = r.rate(p.IdleTime, 60, taxed)
	r.fixed = r.rate(p.FixedFee, 1, taxed)
	r.minimum, r.maximum = r.rate(p.MinCost, 1, taxed).once(), r.rate(p.MaxCost, 1, taxed).once()
	return r
}

// rate is the price of one of so many parts, nil when there is no price.
func (r *Rates) rate(price Decimal, parts int64, taxed *big.Rat) *rate {
	x, ok := new(big.Rat).SetString(string(price))
	if !ok {
		return nil
	}
	x.Mul(x, new(big.Rat).SetFrac(powerOfTen(r.places), big.NewInt(parts)))
	y := new(big.Rat).Mul(x, taxed)
	return &rate{fraction{x.Num(), x.Denom()}, fraction{y.Num(), y.Denom()}}
}

// taxFactor is what an amount is to be multiplied by to get it with taxes: those of each stack are on the price with those
// below (I12.FR.13).
func taxFactor(rates []TaxRate) *big.Rat {
	stacks := make([]*big.Rat, MaxTaxStack+1)
	for _, r := range rates {
		tax, ok := new(big.Rat).SetString(string(r.Tax))
		if !ok || r.Stack < 0 || r.Stack > MaxTaxStack {
			continue // Check does not let it pass
		}
		if stacks[r.Stack] == nil {
			stacks[r.Stack] = big.NewRat(1, 1)
		}
		stacks[r.Stack].Add(stacks[r.Stack], tax.Quo(tax, big.NewRat(100, 1)))
	}
	factor := big.NewRat(1, 1)
	for _, sum := range stacks {
		if sum != nil {
			factor.Mul(factor, sum)
		}
	}
	return factor
}

// Cost returns what u costs. Each part is rounded to the smallest unit of money, without and with taxes, and the total is
// their sum, so that a receipt adds up. A transaction in which nothing was charged costs nothing (C20.FR.03). The minimum
// counts at the end (I12.FR.38), the maximum at any time (I12.FR.39).
func (r *Rates) Cost(u Usage, ended bool) *Cost {
	c := &Cost{Currency: r.currency, Kind: NormalCost, By: CostByServer, Usage: u}
	energy, _ := u.Energy.exact() // not measured: nothing
	sum := money{new(big.Int), new(big.Int)}
	for _, part := range [...]struct {
		price  *Price
		rate   *rate
		amount exact
	}{
		{&c.Fixed, r.fixed, whole(1)},
		{&c.Energy, r.energy, energy},
		{&c.ChargingTime, r.chargingTime, whole(u.ChargingTime)},
		{&c.IdleTime, r.idleTime, whole(u.IdleTime)},
	} {
		if part.rate == nil {
			continue
		}
		if !u.Charged {
			part.amount = exact{}
		}
		m := part.rate.of(part.amount)
		*part.price = r.price(m)
		sum.excl.Add(sum.excl, m.excl)
		sum.incl.Add(sum.incl, m.incl)
	}
	if u.Charged {
		sum, c.Kind = r.limit(sum, ended)
	}
	c.Total = r.price(sum)
	return c
}

// limit applies the minimum and the maximum.
func (r *Rates) limit(sum money, ended bool) (money, CostKind) {
	switch most, least := r.maximum, r.minimum; {
	case most != nil && (sum.excl.Cmp(most.excl) >= 0 || sum.incl.Cmp(most.incl) >= 0):
		return *most, MaxCost
	case least != nil && ended && (sum.excl.Cmp(least.excl) < 0 || sum.incl.Cmp(least.incl) < 0):
		return *least, MinCost
	}
	return sum, NormalCost
}

// of returns what an amount costs, each rounded to the smallest unit, half of one up. A nil amount is none.
func (r *rate) of(x exact) money { return money{r.excl.times(x), r.incl.times(x)} }

// once returns what one costs, nil when there is no rate.
func (r *rate) once() *money {
	if r == nil {
		return nil
	}
	m := r.of(whole(1))
	return &m
}

// times multiplies with a number that is not negative, and rounds.
func (f fraction) times(x exact) *big.Int {
	if x.n == nil {
		return new(big.Int)
	}
	n := new(big.Int).Mul(x.n, f.num)
	den := f.den
	if x.places > 0 {
		den = new(big.Int).Mul(den, powerOfTen(x.places))
	}
	n.Lsh(n, 1).Add(n, den)
	return n.Quo(n, new(big.Int).Lsh(den, 1))
}

func (r *Rates) price(m money) Price {
	return Price{exact{m.excl, r.places}.decimal(), exact{m.incl, r.places}.decimal()}
}

// minorPlaces returns how many digits amounts of a currency have after the point (ISO 4217).
func minorPlaces(currency string) int {
	switch currency {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF":
		return 0
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3
	}
	return 2
}

// exact is the number n / 10^places.
type exact struct {
	n      *big.Int
	places int
}

func whole(n int64) exact { return exact{n: big.NewInt(n)} }

// maxDigits bounds numbers that are computed with: stations write what they like.
const maxDigits = 60

// exact returns d to compute with; false when it is no number, or an absurd one.
func (d Decimal) exact() (exact, bool) {
	if len(d) > maxDigits || !d.plain() {
		return exact{}, false
	}
	before, after, _ := strings.Cut(string(d), ".")
	if digits := before + after; len(digits) <= 18 {
		n, err := strconv.ParseInt(digits, 10, 64)
		return exact{big.NewInt(n), len(after)}, err == nil
	}
	n, ok := new(big.Int).SetString(before+after, 10)
	return exact{n, len(after)}, ok
}

// decimal undoes Decimal.exact, with all places.
func (x exact) decimal() Decimal {
	if x.n.IsInt64() && x.n.Sign() >= 0 && x.places <= 18 { // as nearly all are
		b := strconv.AppendInt(make([]byte, 0, 24), x.n.Int64(), 10)
		for len(b) <= x.places {
			b = slices.Insert(b, 0, '0')
		}
		if x.places > 0 {
			b = slices.Insert(b, len(b)-x.places, '.')
		}
		return Decimal(b)
	}
	d, err := Decimal(x.n.String()).Shift(-x.places)
	if err != nil {
		return "" // cannot be: it is a number, and has few places
	}
	return d
}

// minus returns the difference.
func (x exact) minus(y exact) exact {
	places := max(x.places, y.places)
	a, b := x.with(places), y.with(places)
	return exact{new(big.Int).Sub(a, b), places}
}

// with returns n for so many places, which are not less than there are.
func (x exact) with(places int) *big.Int {
	if x.places == places {
		return x.n
	}
	return new(big.Int).Mul(x.n, powerOfTen(places-x.places))
}

func powerOfTen(n int) *big.Int {
	if n > 18 {
		return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
	}
	p := int64(1)
	for range n {
		p *= 10
	}
	return big.NewInt(p)
}
