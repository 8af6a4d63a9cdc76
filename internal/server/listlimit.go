package server

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
)

// listLimit is a number that a station has said of itself; none: it has not.
type listLimit struct {
	most int
	name string // of the variable or key
}

// exceeded reports whether there is a limit, and n is above it.
func (l listLimit) exceeded(n int) bool { return l.most > 0 && n > l.most }

// listLimits are how large a local list may be: in OCPP 1.6 SendLocalListMaxLength and LocalAuthListMaxLength (1.6 9.2), in 2.x
// ItemsPerMessage and BytesPerMessage, and the maxLimit of Entries (D01.FR.11, D01.FR.12).
type listLimits struct {
	items, bytes listLimit // of one message
	all          listLimit // tokens on the list
}

// maxListEntries is how many tokens one message has at most when the station has said nothing.
const maxListEntries = 10_000

// listOverhead is what a message has beside its entries, in bytes: its frame, and the other properties.
const listOverhead = 160

// listLimits returns what a station has said.
func (c *commands) listLimits(ctx context.Context, station string, v ocpp.Version) (l listLimits, err error) {
	if v != ocpp.V16 {
		p, err := c.store.ListVariables(ctx, store.VariableQuery{Station: station, Attribute: fleet.AttributeActual, SettingQuery: store.SettingQuery{Component: "LocalAuthListCtrlr"}, Limit: store.MaxLimit})
		for i := range p.Items {
			l.mind(&p.Items[i])
		}
		return l, err
	}
	for _, key := range []string{"SendLocalListMaxLength", "LocalAuthListMaxLength"} {
		p, err := c.store.ListVariables(ctx, store.VariableQuery{Station: station, Attribute: fleet.AttributeActual, SettingQuery: store.SettingQuery{Variable: key}})
		if err != nil {
			return l, err
		}
		for i := range p.Items {
			l.mind(&p.Items[i])
		}
	}
	return l, nil
}

// mind takes a variable in.
func (l *listLimits) mind(v *fleet.Variable) {
	said := func(value string) int {
		n, err := strconv.ParseFloat(strings.TrimSpace(value), 64) // Entries has a maxLimit of any form
		if err != nil || n < 0 || n > math.MaxInt32 {
			return 0
		}
		return int(n)
	}
	value := ""
	if v.Value != nil {
		value = *v.Value
	}
	switch name := v.Setting.Variable; strings.ToLower(name) {
	case "sendlocallistmaxlength", "itemspermessage":
		l.items = listLimit{said(value), name}
	case "bytespermessage":
		l.bytes = listLimit{said(value), name}
	case "localauthlistmaxlength":
		l.all = listLimit{said(value), name}
	case "entries":
		l.all = listLimit{said(string(v.MaxLimit)), "Entries"}
	}
}

// holds refuses a list with more tokens than the station has room for.
func (l listLimits) holds(p *listPlan) error {
	if p.known && l.all.exceeded(len(p.content)) {
		return fleet.WrongArgument("/tokens", "the station takes at most %d tokens on its list, as its %s says, and these are %d", l.all.most, l.all.name, len(p.content))
	}
	return nil
}

// divide returns the ends of messages for entries of these sizes. There is one at least.
func (l listLimits) divide(sizes []int) (ends []int, err error) {
	items := maxListEntries
	if l.items.most > 0 {
		items = min(items, l.items.most)
	}
	n, bytes := 0, listOverhead
	for i, size := range sizes {
		size++ // a comma
		if l.bytes.exceeded(listOverhead + size) {
			return nil, fleet.WrongArgument("/tokens", "the station takes at most %d bytes at once, as its %s says, and one of the tokens alone needs %d", l.bytes.most, l.bytes.name, listOverhead+size)
		}
		if n == items || l.bytes.exceeded(bytes+size) {
			ends, n, bytes = append(ends, i), 0, listOverhead
		}
		n, bytes = n+1, bytes+size
	}
	return append(ends, len(sizes)), nil
}

// withinList refuses a local list in one request that is larger than the station has said to take, beside what itemLimits has.
func (c *commands) withinList(ctx context.Context, station string, v ocpp.Version, payload json.RawMessage) error {
	limits, err := c.listLimits(ctx, station, v)
	if err != nil {
		return err
	}
	if v != ocpp.V16 {
		return limits.bytes.refuse(len(payload), "%d bytes at once")
	}
	n := elements(payload, "localAuthorizationList")
	if err := limits.items.refuse(n, "%d tokens at once"); err != nil {
		return err
	}
	var list struct {
		UpdateType string `json:"updateType"`
	}
	if err := json.Unmarshal(payload, &list); err != nil || list.UpdateType != "Full" {
		return err
	}
	return limits.all.refuse(n, "%d tokens on its list")
}

// refuse says that a request is too large for the station.
func (l listLimit) refuse(n int, what string) error {
	if !l.exceeded(n) {
		return nil
	}
	return &httpapi.CommandError{
		Outcome: httpapi.CommandInvalid, Pointer: "/localAuthorizationList",
		Detail: fmt.Sprintf("the station takes at most "+what+", as its %s says, and these are %d: the verb send-local-list sends it in several", l.most, l.name, n),
	}
}
