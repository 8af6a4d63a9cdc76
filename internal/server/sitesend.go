package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

const (
	// shareExpiry is how long a share may wait for its turn at a station.
	shareExpiry = 30 * time.Second

	// refusedPause and silentPause are how long a station is left alone that refused a share, or did not answer, unless it
	// connects anew or the site is changed.
	refusedPause = 5 * time.Minute
	silentPause  = time.Minute

	// leftExpiry is how long a station that left a site has to come back to have its profile cleared.
	leftExpiry = 7 * 24 * time.Hour
)

// sending is a share on its way to a station.
type sending struct {
	site, unit, station string
	allocation          int64  // 0: not known any more
	key                 string // of the command
}

// offer keeps that a grant may have arrived from now on, and has it sent.
func (a *sites) offer(s sending, g fleet.Grant) {
	s.key = fmt.Sprintf("site:%s:%d:%s", s.site, s.allocation, ocppj.NewMessageID())
	_, err := a.store.ChangeSiteMember(a.ctx, s.site, s.station, func(m fleet.SiteMember) (fleet.SiteMember, error) {
		return m.Offer(g, s.key, time.Now()), nil
	})
	if err != nil {
		a.log.Warn("a share cannot be kept, and is not sent", "site", s.site, "station", s.station, "error", err)
		a.changed(s.site, "")
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ended {
		return // the next process finds out that nothing was sent
	}
	a.busy[s.station] = true
	a.running.Go(func() { a.deliver(s, g) })
}

// deliver sends a grant through the queue, and waits for what becomes of it.
func (a *sites) deliver(s sending, g fleet.Grant) {
	c, err := a.send(s, g)
	if err != nil && a.ctx.Err() == nil {
		c, err = a.commands.underKey(a.ctx, s.key, err) // it may be queued nevertheless
	}
	switch {
	case a.ctx.Err() != nil:
	case err != nil:
		a.settle(s, fleet.ShareUndelivered, err.Error(), silentPause)
	default:
		a.follow(s, c)
	}
}

// send queues the profile of a grant.
func (a *sites) send(s sending, g fleet.Grant) (fleet.Command, error) {
	st, online := a.commands.csms.Station(s.station)
	if !online {
		return fleet.Command{}, errors.New(fleet.WaitOffline)
	}
	limits, err := a.commands.chargingLimits(a.ctx, s.station)
	if err != nil {
		return fleet.Command{}, err
	}
	if !limits.Takes(s.unit) {
		return fleet.Command{}, errors.New("the station has said that it does not take limits in " + s.unit)
	}
	if err := a.makeRoom(st); err != nil {
		return fleet.Command{}, err
	}
	return a.commands.queueCharging(a.ctx, s.station, st.Version(), &fleet.SetProfileRequest{
		Install: &fleet.Installation{ID: fleet.GrantID, Profile: g.Profile(s.unit, limits.LimitLevel())},
	}, s.key, shareExpiry)
}

// makeRoom has the limit cleared that a station got before it was a member: it has the purpose and the stack level of the share,
// and a station has one of each (K01.FR.06). Until the share is acknowledged the member may take its max, and that is reserved.
func (a *sites) makeRoom(st *csms.Station) error {
	id := int64(fleet.StationLimitID)
	p, err := a.store.ListInstalledProfiles(a.ctx, store.InstalledProfileQuery{Station: st.Identity(), ProfileID: &id, Limit: 1})
	if err != nil || len(p.Items) == 0 || st.Version() == ocpp.V16 { // which replaces it
		return err
	}
	_, err = a.commands.queueCharging(a.ctx, st.Identity(), st.Version(), &fleet.LimitRequest{Clear: id}, "", shareExpiry)
	return err
}

// resume picks up what an earlier process left under way.
func (a *sites) resume(site string, m fleet.SiteMember) {
	s := sending{site: site, station: m.Station, key: m.Command, allocation: allocationOf(m.Command)}
	c, err := a.commands.underKey(a.ctx, s.key, errNotQueued)
	for err != nil && !errors.Is(err, errNotQueued) {
		if !patiently(a.ctx) {
			return
		}
		c, err = a.commands.underKey(a.ctx, s.key, errNotQueued)
	}
	if err != nil {
		a.settle(s, fleet.ShareUndelivered, err.Error(), 0)
		return
	}
	a.follow(s, c)
}

// allocationOf reads the number of the allocation in the key of a command; 0: it has none.
func allocationOf(key string) int64 {
	parts := strings.Split(key, ":")
	if len(parts) < 3 {
		return 0
	}
	n, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// follow waits until a command has come to its end.
func (a *sites) follow(s sending, c fleet.Command) {
	c, ended := a.commands.untilEnd(a.ctx, c)
	if !ended {
		return
	}
	outcome, detail, pause := shareOutcome(c)
	a.settle(s, outcome, detail, pause)
}

// shareOutcome says what became of a share whose command has come to its end, and how long the station is left alone.
func shareOutcome(c fleet.Command) (outcome fleet.ShareOutcome, detail string, pause time.Duration) {
	switch c.State {
	case fleet.StateAnswered:
		said := fleet.ReadAnswer(c.Response)
		switch {
		case said.Status == "":
			return fleet.ShareUnknown, "the answer cannot be understood", silentPause
		case said.Verdict == fleet.VerdictAccepted:
			return fleet.ShareAcknowledged, "", 0
		}
		return fleet.ShareRefused, "the station answered " + said.Status, refusedPause
	case fleet.StateRefused:
		return fleet.ShareRefused, "the station answered " + c.ErrorCode, refusedPause
	case fleet.StateExpired, fleet.StateCanceled, fleet.StateInvalid:
		return fleet.ShareUndelivered, c.Detail, silentPause
	}
	if c.State == fleet.StateTimeout {
		return fleet.ShareUnknown, c.Detail, silentPause
	}
	return fleet.ShareUnknown, c.Detail, 0 // its connection has ended: with the next one it is tried again
}

// settle keeps what became of a share, however long the store fails, and has the site looked at again.
func (a *sites) settle(s sending, outcome fleet.ShareOutcome, detail string, pause time.Duration) {
	for !a.keep(s, outcome, detail) {
		if !patiently(a.ctx) {
			return
		}
	}
	a.metrics.shares.WithLabelValues(string(outcome)).Inc()
	a.mu.Lock()
	delete(a.busy, s.station)
	if pause > 0 {
		a.held[s.station] = time.Now().Add(pause)
	}
	a.mu.Unlock()
	a.changed(s.site, string(outcome)+": "+s.station)
}

// keep reports false when it must be tried again.
func (a *sites) keep(s sending, outcome fleet.ShareOutcome, detail string) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(a.ctx), recordTimeout)
	defer cancel()
	_, err := a.store.ChangeSiteMember(ctx, s.site, s.station, func(m fleet.SiteMember) (fleet.SiteMember, error) {
		if m.Command != s.key {
			return m, store.ErrNotFound // it left and came back, or lost its share meanwhile
		}
		switch outcome {
		case fleet.ShareAcknowledged:
			return m.Accepted(), nil
		case fleet.ShareRefused, fleet.ShareUndelivered:
			return m.Refused(detail), nil
		}
		return m.Doubtful(detail), nil
	})
	if err == nil && s.allocation != 0 {
		err = a.store.SettleShare(ctx, s.allocation, s.station, outcome, detail, time.Now())
	}
	if err == nil || errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrClosed) {
		return true
	}
	a.log.Warn("what became of a share cannot be stored yet", "site", s.site, "station", s.station, "error", err)
	return false
}

// left has the profile of a station cleared that is a member of no site any more. It is httpapi.Options.MemberLeft.
func (a *sites) left(station string) {
	a.mu.Lock()
	delete(a.of, station)
	delete(a.held, station)
	a.mu.Unlock()
	version := ""
	if st, online := a.commands.csms.Station(station); online {
		version = st.Version().String()
	}
	known, err := a.commands.versionFor(a.ctx, httpapi.QueuedCommand{Station: station, Version: version, Expires: leftExpiry})
	if err != nil {
		return // it was never here, and has no profile
	}
	if _, err = a.commands.queueCharging(a.ctx, station, known, &fleet.LimitRequest{Clear: fleet.GrantID}, "", leftExpiry); err != nil {
		a.log.Error("the profile of a station that left a site is not cleared", "station", station, "error", err)
	}
}

// clearsShare reports whether a ClearChargingProfile has removed the profile with the share of a site.
func clearsShare(req, resp any) bool {
	type criteria struct {
		Purpose   string `json:"chargingProfilePurpose"`
		EVSE      int64  `json:"evseId"`
		Connector int64  `json:"connectorId"`
	}
	var asked struct {
		ID16 *int64 `json:"id"`
		ID2x *int64 `json:"chargingProfileId"`
		criteria
		Criteria *criteria `json:"chargingProfileCriteria"`
	}
	var said struct {
		Status string `json:"status"`
	}
	if readBack(req, &asked) != nil || readBack(resp, &said) != nil || said.Status != "Accepted" {
		return false
	}
	for _, id := range []*int64{asked.ID16, asked.ID2x} {
		if id != nil {
			return *id == fleet.GrantID
		}
	}
	c := asked.criteria
	if asked.Criteria != nil {
		c = *asked.Criteria
	}
	wanted := c.Purpose == "" || c.Purpose == "ChargePointMaxProfile" || c.Purpose == string(fleet.PurposeStationMax)
	return wanted && c.EVSE == 0 && c.Connector == 0
}

// readBack reads the fields of a message into another shape.
func readBack(message, into any) error {
	b, err := json.Marshal(message)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}
