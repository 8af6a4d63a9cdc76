package fleet

import (
	"encoding/json"
	"time"
)

// Notice tells of one thing that happened. Notices are written in the same commit as the change they tell of and
// are numbered in that order, without reuse.
type Notice struct {
	Number  int64
	Time    time.Time // the server's clock
	Kind    NoticeKind
	Station string          // "" when it is about none
	Data    json.RawMessage // a JSON object, never nil
}

// NoticeKind names what a notice tells of.
type NoticeKind string

// The kinds of notices.
const (
	NoticeStationCreated      NoticeKind = "station.created"
	NoticeStationDeleted      NoticeKind = "station.deleted"
	NoticeStationChanged      NoticeKind = "station.changed"
	NoticeBooted              NoticeKind = "station.booted"
	NoticeStatus              NoticeKind = "connector.status"
	NoticeAuthorization       NoticeKind = "token.asked"
	NoticeTokenChanged        NoticeKind = "token.changed"
	NoticeTokenDeleted        NoticeKind = "token.deleted"
	NoticeTokenGroupChanged   NoticeKind = "token-group.changed"
	NoticeTokenGroupDeleted   NoticeKind = "token-group.deleted"
	NoticeReservation         NoticeKind = "reservation.changed" // its state
	NoticeCommand             NoticeKind = "command.done"
	NoticeTransactionStarted  NoticeKind = "transaction.started"
	NoticeTransactionUpdated  NoticeKind = "transaction.updated"
	NoticeTransactionEnded    NoticeKind = "transaction.ended"
	NoticeTransactionConflict NoticeKind = "transaction.conflict"
	NoticeTransactionAnomaly  NoticeKind = "transaction.anomaly"
	NoticeTransactionLimited  NoticeKind = "transaction.limited"
)

// The kinds of notices about commands that are kept; NoticeCommand tells of the end of all commands.
const (
	NoticeCommandQueued NoticeKind = "command.queued" // also when it waits again
	NoticeCommandSent   NoticeKind = "command.sent"   // it may be delivered from now on
	NoticeBulkStarted   NoticeKind = "bulk.started"   // its commands are queued; that is not told of each
	NoticeBulkDone      NoticeKind = "bulk.done"      // its last command has come to its end
)

// The kinds of notices about charging.
const (
	NoticeProfileChanged NoticeKind = "profile.changed" // in the library
	NoticeProfileDeleted NoticeKind = "profile.deleted"
	NoticeTariffChanged  NoticeKind = "tariff.changed"
	NoticeTariffDeleted  NoticeKind = "tariff.deleted"
	NoticeDefaultTariff  NoticeKind = "tariff.default"
	NoticeSiteChanged    NoticeKind = "site.changed"
	NoticeSiteDeleted    NoticeKind = "site.deleted"
	NoticeSiteShared     NoticeKind = "site.shared" // its limit was shared anew
)
