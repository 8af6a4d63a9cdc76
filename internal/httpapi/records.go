package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// Record is what all records of a station have in common.
type Record struct {
	ReceivedAt *time.Time `json:"receivedAt" doc:"When it came, by the server's clock"`
	Latest     bool       `json:"latest" doc:"It is the one that counts: nothing newer was said of the same thing"`
}

// RecordsQuery is the query of every list of records.
type RecordsQuery struct {
	PageQuery
	ID     string `path:"id" maxLength:"255" doc:"Identity of the station"`
	Latest string `query:"latest" enum:"true,false" doc:"Only those that count now, or only those that do not any more"`
}

type placeRecordsInput struct {
	RecordsQuery
	EVSE string `query:"evse" pattern:"^[0-9]{1,9}$" patternDescription:"number of an EVSE" doc:"Only those of one EVSE; 0: of the whole station"`
}

// registerRecords adds the lists of what stations say beside transactions and the state of their devices.
func (a *api) registerRecords() {
	listRecords(a, "reservation-updates", "List what the station said of reservations, the latest first", viewReservationUpdate)
	listPlaceRecords(a, "charging-needs", "List what vehicles want, the latest first", viewChargingNeeds)
	listPlaceRecords(a, "ev-schedules", "List the schedules that vehicles computed, the latest first", viewEVSchedule)
	listPlaceRecords(a, "charging-limits", "List the limits that others set at the station, the latest first", viewChargingLimit)
	listPlaceRecords(a, "charging-profiles", "List the charging profiles that the station reported, the latest report first", viewChargingProfile)
	listRecords(a, "priority-charging", "List the begins and ends of priority charging, the latest first", viewPriorityCharging)
	listRecords(a, "schedule-requests", "List the questions for dynamic charging profiles, the latest first", viewScheduleRequest)
	listRecords(a, "der-alarms", "List the alarms of the grid, the latest first", viewDERAlarm)
	listRecords(a, "der-events", "List the begins and ends of DER controls, the latest first", viewDERControlEvent)
	listRecords(a, "der-controls", "List the DER controls that the station reported or accepted, the latest first", viewDERControl)
	listPlaceRecords(a, "battery-swaps", "List batteries put in and taken out, the latest first", viewBatterySwap)
	listRecords(a, "settlements", "List settlements of payments, the latest first", viewSettlement)
	listPlaceRecords(a, "vat-checks", "List the VAT numbers that the station asked about, the latest first", viewVATCheck)
	listRecords(a, "event-streams", "List the event streams that the station opened and closed, the latest first", viewEventStream)
	listRecords(a, "stream-values", "List the values that event streams brought, the latest first", viewStreamValue)
	listPlaceRecords(a, "contradictions", "List messages outside transactions that contradict what is known or can be, the latest first", viewContradiction)
	listPlaceRecords(a, "installed-tariffs", "List the tariffs at a station, as it accepted them or told that it has them, the latest first", viewInstalledTariff)
	listRecords(a, "data-transfers", "List the data of vendors that the station sent, the latest first", viewDataTransfer)
}

// listRecords adds the list of one kind of records.
func listRecords[T fleet.Record, V any](a *api, path, summary string, view func(Record, T) V) {
	operate(a, recordsOperation(path, summary), func(ctx context.Context, in *RecordsQuery) (*answer[List[V]], error) {
		return records(ctx, a, in, nil, view)
	})
}

// listPlaceRecords is listRecords for records that name an EVSE.
func listPlaceRecords[T fleet.Record, V any](a *api, path, summary string, view func(Record, T) V) {
	operate(a, recordsOperation(path, summary), func(ctx context.Context, in *placeRecordsInput) (*answer[List[V]], error) {
		return records(ctx, a, &in.RecordsQuery, evseNumber(in.EVSE), view)
	})
}

func recordsOperation(path, summary string) huma.Operation {
	return huma.Operation{
		OperationID: "list-" + path, Method: http.MethodGet, Path: "/stations/{id}/" + path, Tags: []string{"station"}, Summary: summary,
	}
}

// evseNumber reads a number whose form huma has checked.
func evseNumber(s string) *int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return nil
	}
	return &n
}

func records[T fleet.Record, V any](ctx context.Context, a *api, in *RecordsQuery, evse *int64, view func(Record, T) V) (*answer[List[V]], error) {
	var none T
	if _, err := a.o.Store.Station(ctx, in.ID); err != nil {
		return nil, err
	}
	p, err := a.o.Store.ListRecords(ctx, store.RecordQuery{
		Kind: none.Kind(), Station: in.ID, Cursor: in.Cursor, Limit: in.Limit, Latest: flag(in.Latest), EVSE: evse,
	})
	if err != nil {
		return nil, err
	}
	return viewPage(p, func(k fleet.KeptRecord) V {
		r := k.Record.(T) //nolint:forcetypeassert // records of one kind are of one type
		return view(Record{instant(k.Received), k.Latest}, r)
	}), nil
}
