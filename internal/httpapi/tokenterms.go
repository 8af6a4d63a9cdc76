package httpapi

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// TokenLimits are where and when an accepted token may charge, how often at once, and what its driver is shown.
type TokenLimits struct {
	ValidFrom  *time.Time           `json:"validFrom,omitempty" doc:"Before that it is NotAtThisTime; left out: at once" example:"2026-06-01T00:00:00Z"`
	Hours      []TokenHours         `json:"hours,omitempty" maxItems:"50" doc:"When it may charge; left out: always"`
	TimeZone   string               `json:"timeZone,omitempty" maxLength:"64" doc:"IANA time zone of hours; left out: UTC" example:"Europe/Berlin"`
	Stations   []TokenPlace         `json:"stations,omitempty" maxItems:"1000" doc:"Where it may charge; left out: everywhere"`
	Concurrent TokenMaximum         `json:"concurrent,omitempty" doc:"Transactions that it may have at once; left out: any number, or one if it is prepaid"`
	Credit     *TokenCredit         `json:"credit,omitempty" doc:"What is left of its prepaid account, in the currency of the tariffs: without any it is NoCredit, and with some no station keeps it in a cache, and a transaction may cost so much (OCPP 2.1). Left out: it is not prepaid" example:"20"`
	Limit      *fleet.LimitArgument `json:"transactionLimit,omitempty" doc:"What each of its transactions may cost, take and last (OCPP 2.1); left out: anything"`
	Language   TokenLanguage        `json:"language,omitempty" doc:"Of the driver, for stations of OCPP 2.x" example:"de"`
	Priority   TokenPriority        `json:"chargingPriority,omitempty" doc:"How much the business prefers its transactions when power is short, from -9 to 9, for stations and local controllers of OCPP 2.x. Left out: 0, as any other" example:"3"`
	Message    string               `json:"message,omitempty" maxLength:"512" doc:"For the driver, on the display of stations of OCPP 2.x" example:"Welcome, Ann"`
}

// TokenLimitChanges is what to change of TokenLimits. null clears.
type TokenLimitChanges struct {
	ValidFrom  Clearable[time.Time]            `json:"validFrom,omitzero" doc:"null: at once"`
	Hours      Clearable[[]TokenHours]         `json:"hours,omitzero" maxItems:"50" doc:"In place of all hours there were; null: always"`
	TimeZone   Clearable[string]               `json:"timeZone,omitzero" maxLength:"64" doc:"null: UTC"`
	Stations   Clearable[[]TokenPlace]         `json:"stations,omitzero" maxItems:"1000" doc:"In place of all stations there were; null: everywhere"`
	Concurrent Clearable[TokenMaximum]         `json:"concurrent,omitzero" doc:"null: any number, or one if it is prepaid"`
	Credit     Clearable[*TokenCredit]         `json:"credit,omitzero" doc:"What is left of its prepaid account, in the currency of the tariffs; null: it is not prepaid" example:"20"`
	AddCredit  *TokenCredit                    `json:"addCredit,omitempty" doc:"Paid in: added to what is left, whatever a transaction takes off it just now. Not with credit" example:"10"`
	Limit      Clearable[*fleet.LimitArgument] `json:"transactionLimit,omitzero" doc:"In place of all limits there were; null: none"`
	Language   Clearable[TokenLanguage]        `json:"language,omitzero" doc:"Of the driver, for stations of OCPP 2.x"`
	Priority   Clearable[TokenPriority]        `json:"chargingPriority,omitzero" doc:"How much the business prefers its transactions when power is short, from -9 to 9, for stations and local controllers of OCPP 2.x; null: 0, as any other" example:"3"`
	Message    Clearable[string]               `json:"message,omitzero" maxLength:"512" doc:"For the driver, on the display of stations of OCPP 2.x"`
}

// TokenHours is a time of day on some days of the week.
type TokenHours struct {
	Days []string `json:"days,omitempty" enum:"Mon,Tue,Wed,Thu,Fri,Sat,Sun" maxItems:"7" doc:"On which it begins; left out: on all"`
	From string   `json:"from" maxLength:"5" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" doc:"HH:MM in the time zone of the token" example:"08:00"`
	To   string   `json:"to" maxLength:"5" pattern:"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$" doc:"Not later than from: on the next day" example:"18:00"`
}

// TokenPlace is a station or all those with a tag, or some of their EVSEs.
type TokenPlace struct {
	Station string       `json:"station,omitempty" minLength:"1" maxLength:"255" doc:"Identity of the station" example:"CP-001"`
	Tag     string       `json:"tag,omitempty" minLength:"1" maxLength:"64" doc:"Instead of station: all stations with this tag, now and later" example:"depot-north"`
	EVSEs   []EVSENumber `json:"evses,omitempty" maxItems:"100" doc:"Only these, in OCPP 1.6 connectors; left out: all" example:"[1]"`
}

// EVSENumber is the number of an EVSE.
type EVSENumber int

// Schema bounds it.
func (EVSENumber) Schema(huma.Registry) *huma.Schema { return bounded(1, 1<<31-1) }

// TokenMaximum is how many transactions there may be at once.
type TokenMaximum int

// Schema bounds it.
func (TokenMaximum) Schema(huma.Registry) *huma.Schema { return bounded(1, 1_000_000) }

// TokenPriority is a charging priority of OCPP 2.x.
type TokenPriority int

// Schema bounds it.
func (TokenPriority) Schema(huma.Registry) *huma.Schema {
	return bounded(-fleet.MaxPriority, fleet.MaxPriority)
}

// TokenCredit is what is left of a prepaid account. It may be below zero.
type TokenCredit float64

// Schema bounds it.
func (TokenCredit) Schema(huma.Registry) *huma.Schema { return amount(-1e9) }

func (c *TokenCredit) decimal() fleet.Decimal {
	if c == nil {
		return ""
	}
	return fleet.Decimal(strconv.FormatFloat(float64(*c), 'f', -1, 64))
}

func bounded(low, high float64) *huma.Schema {
	return &huma.Schema{Type: huma.TypeInteger, Minimum: &low, Maximum: &high}
}

// TokenLanguage is a language tag of RFC 5646, as long as OCPP takes one.
type TokenLanguage string

// Schema bounds it.
func (TokenLanguage) Schema(huma.Registry) *huma.Schema {
	longest, shortest := 8, 2
	return &huma.Schema{
		Type: huma.TypeString, MinLength: &shortest, MaxLength: &longest, Pattern: "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", Examples: []any{"de"},
	}
}

func (l *TokenLimits) apply(t *fleet.Token) {
	t.ValidFrom = time.Time{}
	if l.ValidFrom != nil {
		t.ValidFrom = fleet.Instant(*l.ValidFrom)
	}
	t.Hours = fleet.Hours{Zone: l.TimeZone, Periods: periods(l.Hours)}
	t.Places, t.Concurrent = places(l.Stations), int(l.Concurrent)
	t.Language, t.Message, t.Priority = string(l.Language), l.Message, int(l.Priority)
	t.Credit, t.Limit = l.Credit.decimal(), l.Limit.Limit()
}

func (c *TokenLimitChanges) apply(t *fleet.Token) {
	c.ValidFrom.apply(&t.ValidFrom)
	t.ValidFrom = fleet.Instant(t.ValidFrom)
	if c.Hours.Sent {
		t.Hours.Periods = periods(c.Hours.Value)
	}
	c.TimeZone.apply(&t.Hours.Zone)
	if c.Stations.Sent {
		t.Places = places(c.Stations.Value)
	}
	if c.Concurrent.Sent {
		t.Concurrent = int(c.Concurrent.Value)
	}
	if c.Language.Sent {
		t.Language = string(c.Language.Value)
	}
	c.Message.apply(&t.Message)
	if c.Priority.Sent {
		t.Priority = int(c.Priority.Value)
	}
	if c.Credit.Sent {
		t.Credit = c.Credit.Value.decimal()
	}
	if c.AddCredit != nil {
		t.Credit = fleet.Sum(t.Credit, c.AddCredit.decimal())
	}
	if c.Limit.Sent {
		t.Limit = c.Limit.Value.Limit()
	}
}

func periods(list []TokenHours) (all []fleet.Period) {
	for _, h := range list {
		all = append(all, fleet.Period{Days: h.Days, From: h.From, To: h.To})
	}
	return all
}

func places(list []TokenPlace) (all []fleet.Place) {
	for _, p := range list {
		place := fleet.Place{Station: p.Station, Tag: p.Tag}
		for _, n := range p.EVSEs {
			place.EVSEs = append(place.EVSEs, int(n))
		}
		all = append(all, place)
	}
	return all
}

// checkLimits refuses what the description cannot: names of time zones, and places that are none or two.
func checkLimits(h fleet.Hours, list []fleet.Place) error {
	for i, p := range list {
		if (p.Station == "") == (p.Tag == "") {
			return problem(http.StatusUnprocessableEntity, "validation failed",
				Fault{Detail: "give either station or tag", Pointer: fmt.Sprintf("/stations/%d", i)})
		}
	}
	if err := (fleet.Hours{Zone: h.Zone}).Check(); err != nil {
		return problem(http.StatusUnprocessableEntity, "validation failed", Fault{Detail: err.Error(), Pointer: "/timeZone"})
	}
	for i, p := range h.Periods {
		if err := p.Check(); err != nil {
			return problem(http.StatusUnprocessableEntity, "validation failed", Fault{Detail: err.Error(), Pointer: fmt.Sprintf("/hours/%d", i)})
		}
	}
	return nil
}

// viewLimits shows them, what is not limited as null or empty.
func viewLimits(t fleet.Token) TokenLimitsView {
	v := TokenLimitsView{
		ValidFrom: instant(t.ValidFrom), TimeZone: orNull(t.Hours.Zone), Hours: []TokenHours{}, Stations: []TokenPlace{},
		Concurrent: orNull(t.Concurrent), Credit: number(t.Credit), Limit: viewLimit(t.Limit), Language: orNull(t.Language), Message: orNull(t.Message),
		Priority: t.Priority,
	}
	for _, p := range t.Hours.Periods {
		v.Hours = append(v.Hours, TokenHours{Days: p.Days, From: p.From, To: p.To})
	}
	for _, p := range t.Places {
		place := TokenPlace{Station: p.Station, Tag: p.Tag}
		for _, n := range p.EVSEs {
			place.EVSEs = append(place.EVSEs, EVSENumber(n))
		}
		v.Stations = append(v.Stations, place)
	}
	return v
}

// LimitView is a limit of transactions as it is shown.
type LimitView struct {
	MaxCost   Number `json:"maxCost" doc:"In the currency of the tariff; null: any" example:"25"`
	MaxEnergy Number `json:"maxEnergy" doc:"Wh; null: any" example:"20000"`
	MaxTime   Number `json:"maxTime" doc:"Seconds since the start; null: any" example:"7200"`
	MaxSoC    Number `json:"maxSoC" doc:"Percent; null: any" example:"80"`
}

func viewLimit(l fleet.TransactionLimit) *LimitView {
	if len(l) == 0 {
		return nil
	}
	return &LimitView{
		MaxCost: number(l[fleet.LimitCost]), MaxEnergy: number(l[fleet.LimitEnergy]), MaxTime: number(l[fleet.LimitTime]), MaxSoC: number(l[fleet.LimitSoC]),
	}
}

// TokenLimitsView is TokenLimits as they are shown.
type TokenLimitsView struct {
	ValidFrom  *time.Time   `json:"validFrom" doc:"Before that it is NotAtThisTime; null: at once"`
	Hours      []TokenHours `json:"hours" nullable:"false" doc:"When it may charge; empty: always"`
	TimeZone   *string      `json:"timeZone" doc:"IANA time zone of hours; null: UTC" example:"Europe/Berlin"`
	Stations   []TokenPlace `json:"stations" nullable:"false" doc:"Where it may charge; empty: everywhere"`
	Concurrent *int         `json:"concurrent" doc:"Transactions that it may have at once; null: any number, or one if it is prepaid"`
	Credit     Number       `json:"credit" doc:"What is left of its prepaid account, in the currency of the tariffs; null: it is not prepaid" example:"20"`
	Limit      *LimitView   `json:"transactionLimit,omitempty" doc:"What each of its transactions may cost, take and last; absent: anything"`
	Language   *string      `json:"language" doc:"Of the driver, for stations of OCPP 2.x"`
	Priority   int          `json:"chargingPriority" doc:"How much the business prefers its transactions when power is short, from -9 to 9, for stations and local controllers of OCPP 2.x; 0: as any other"`
	Message    *string      `json:"message" doc:"For the driver, on the display of stations of OCPP 2.x"`
}
