package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/chargeyard/chargeyard/internal/apiclient"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/simulator"
)

// apiAccess is how transactions are read from the API of a management system.
type apiAccess struct {
	Server   string `default:"http://127.0.0.1:8080" placeholder:"URL" help:"Server whose API is asked. Default http://127.0.0.1:8080."`
	APIToken string `name:"api-token" placeholder:"TOKEN" help:"Token for the API. Better given as CHARGEYARD_API_TOKEN. Without it the one that \"chargeyard token new --save\" left in the data directory is used, for a server on this machine."`
	Data     string `default:"chargeyard-data" placeholder:"DIR" help:"Data directory of the server, where a saved token is looked for. Default ./chargeyard-data."`
}

func (a apiAccess) client() (*apiclient.Client, error) {
	return apiFlags{Server: a.Server, APIToken: a.APIToken, Data: a.Data}.clientFor(0) // a list of transactions takes as long as it takes
}

// check fails when the API says no already: nobody wants to hear that when the stations have run for an hour. A server that does not
// answer may come until then.
func (a apiAccess) check(ctx context.Context) error {
	client, err := a.client()
	if err != nil {
		return err
	}
	_, err = client.Get(ctx, "/transactions", url.Values{"limit": {"1"}})
	if _, away := errors.AsType[*apiclient.UnreachableError](err); away {
		return nil
	}
	return err
}

// apiReaders bounds how many lists are read at a time.
const apiReaders = 4

// observed reads the transactions of all stations of a ledger.
func (a apiAccess) observed(ctx context.Context, l *simulator.Ledger) (map[string][]simulator.Observed, error) {
	client, err := a.client()
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	all := map[string][]simulator.Observed{}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(apiReaders)
	for _, s := range l.Stations {
		group.Go(func() error {
			list, err := transactionsOf(ctx, client, s.ID)
			mu.Lock()
			defer mu.Unlock()
			all[s.ID] = list
			return err
		})
	}
	return all, group.Wait()
}

func transactionsOf(ctx context.Context, client *apiclient.Client, station string) (list []simulator.Observed, err error) {
	for item, err := range client.Items(ctx, "/transactions", url.Values{"station": {station}}) {
		var t apiTransaction
		if err == nil {
			err = json.Unmarshal(item, &t)
		}
		if err != nil {
			return nil, fmt.Errorf("the transactions of %s: %w", station, err)
		}
		list = append(list, t.observed())
	}
	return list, nil
}

// apiTransaction is what the comparison needs of a transaction of the API.
type apiTransaction struct {
	TransactionID string        `json:"transactionId"`
	EVSE          int           `json:"evse"`
	IDToken       string        `json:"idToken"`
	Active        bool          `json:"active"`
	StartedAt     time.Time     `json:"startedAt"`
	EndedAt       time.Time     `json:"endedAt"`
	MeterStart    *ocpp.Decimal `json:"meterStart"`
	MeterStop     *ocpp.Decimal `json:"meterStop"`
	MeterLast     *ocpp.Decimal `json:"meterLast"`
	StopReason    string        `json:"stopReason"`
	Events        int64         `json:"events"`
	MissingEvents int64         `json:"missingEvents"`
	Conflicts     int64         `json:"conflicts"`
	FirstReceived time.Time     `json:"firstReceivedAt"`
}

func (t apiTransaction) observed() simulator.Observed {
	o := simulator.Observed{
		ID: t.TransactionID, EVSE: t.EVSE, Token: t.IDToken, StartedAt: t.StartedAt, EndedAt: t.EndedAt, Active: t.Active,
		Reason: t.StopReason, Events: ocpp.Some(t.Events), MissingEvents: t.MissingEvents, Conflicts: t.Conflicts,
		FirstReceived: t.FirstReceived,
	}
	if t.Active {
		t.MeterStop = t.MeterLast
	}
	if t.MeterStart != nil {
		o.MeterStart = ocpp.Some(*t.MeterStart)
	}
	if t.MeterStop != nil {
		o.MeterStop = ocpp.Some(*t.MeterStop)
	}
	return o
}
