package store

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// Store remembers a fleet. All methods are safe for concurrent use. Methods that read see everything that Submit
// has acknowledged before. Errors satisfy errors.Is with those of this package where one fits.
type Store interface {
	Ingest
	Stations
	Boots
	Records
	Transactions
	Access
	Devices
	Desires
	Commands
	Charging
	Bulks
	Reservations
	Tariffs
	Notices

	// Health returns nil while the store takes writes, and else the reason why it does not, for /readyz. It
	// becomes nil by itself when the store works again, whether or not anything was submitted meanwhile.
	Health() error

	// Close stores what was submitted and reported so far, then ends. Submit returns ErrClosed from then on.
	Close() error
}

// Ingest takes what happens.
type Ingest interface {
	// Submit stores an event and returns after the commit. It waits while the queue is full. An error means
	// that the event is not stored, with one exception: when ctx ends first it may be stored nevertheless.
	// Repeating an event is always harmless. Errors: fleet.ErrInvalidEvent (repeating is of no use),
	// ErrUnavailable (the store has failed for now), ErrClosed, and that of ctx.
	Submit(ctx context.Context, e fleet.Event) (fleet.Result, error)

	// Defer does what Submit does, for an event that no station waits for, such as the record of something that is
	// over: events that were submitted are committed first, while a bounded part of each commit is left to these.
	Defer(ctx context.Context, e fleet.Event) (fleet.Result, error)

	// Report takes note of a station's presence. It neither waits nor fails: reports are merged per station
	// and written together, at most PresenceDelay later, or when the store works again.
	Report(p fleet.Presence)
}

// Stations are the stations that are known, and those that came by.
type Stations interface {
	// CreateStation adds a station that the operator knows. The station may have been seen before: then it
	// becomes known. ErrExists: it is known already.
	CreateStation(ctx context.Context, s NewStation) error
	// SetCredential replaces a known station's credential, and an offered one, too; the zero one locks it out. When it has
	// this one already, it keeps since when and whether it was seen with it. ErrNotFound.
	SetCredential(ctx context.Context, station string, c fleet.Credential) error
	// OfferCredential keeps a second credential of a known station, which may or may not take it over. It replaces
	// one that was offered before. ErrNotFound.
	OfferCredential(ctx context.Context, station string, c fleet.Credential) error
	// PromoteCredential makes the offered credential the only one, if it is still c, and notes that the station was seen with
	// it, also if it is the only one already; otherwise nothing happens.
	PromoteCredential(ctx context.Context, station string, c fleet.Credential) error
	// WithdrawCredential forgets the offered credential, if it is still c.
	WithdrawCredential(ctx context.Context, station string, c fleet.Credential) error
	// SeeCredential notes that a station was seen with its credential for the first time since it has it, if that is still c.
	SeeCredential(ctx context.Context, station string, c fleet.Credential, at time.Time) error
	// RaiseProfile demands a security profile, 1 to 3, of a known station from its next connection on. One that demands it already
	// stays as it is. ErrNotFound; ErrLowerProfile; ErrNoKey: below 3 a station has to have a key.
	RaiseProfile(ctx context.Context, station string, profile int) error
	// CredentialState returns how it stands with the key of a known station. ErrNotFound.
	CredentialState(ctx context.Context, station string) (fleet.CredentialState, error)
	// DeleteStation makes a known station unknown and forgets its credential and its tags. What it did stays; one that never came by
	// is forgotten altogether. ErrNotFound.
	DeleteStation(ctx context.Context, station string) error

	// Arrived gives a station that has come its row now, if it has none: what is reported of it comes later.
	Arrived(ctx context.Context, station string) error
	// TagStation gives a station a tag; one that it has already changes nothing. ErrNotFound, ErrTooManyTags.
	TagStation(ctx context.Context, station, tag string) error
	// UntagStation takes a tag away. ErrNotFound: there is no such station, or it has no such tag.
	UntagStation(ctx context.Context, station, tag string) error
	// ListTags returns all tags in order, with how many stations have each.
	ListTags(ctx context.Context, q TagQuery) (Page[fleet.Tag], error)
	// SpokenVersions returns which version of OCPP each of these stations spoke last, "" for one that has not been here
	// yet. Those that do not exist are left out.
	SpokenVersions(ctx context.Context, stations []string) (map[string]string, error)

	// Identity returns what must be known to let a station in, without disk access for most. For a station
	// that nobody knows it returns ErrNotFound.
	Identity(ctx context.Context, station string) (fleet.Identity, error)
	// Station returns one station. ErrNotFound.
	Station(ctx context.Context, station string) (fleet.StationDetail, error)
	// ListStations returns stations in the order of their ids, with their places when the query asks for them.
	ListStations(ctx context.Context, q StationQuery) (Page[fleet.StationDetail], error)
}

// MaxStationTags is how many tags a station may have.
const MaxStationTags = 32

// NewStation is a station to create.
type NewStation struct {
	ID         string
	Profile    int // security profile, 0 to 3
	Credential fleet.Credential
	At         time.Time
}

// Transactions are charging sessions, each derived from the set of its events.
type Transactions interface {
	// Transaction returns one transaction. With station "" it looks at all stations, and returns ErrAmbiguous
	// when several have one of that id. ErrNotFound.
	Transaction(ctx context.Context, station, id string) (fleet.Transaction, error)
	// LimitTransaction changes the limits that a transaction is to have. ErrNotFound, ErrEnded.
	LimitTransaction(ctx context.Context, station, id string, c fleet.LimitChange, at time.Time) error
	// LimitStart keeps the limits of a remote start for the transaction that will name it.
	LimitStart(ctx context.Context, station string, remoteStartID int64, l fleet.TransactionLimit, at time.Time) error
	// LimitSupport returns which limits of transactions a station takes, as far as it has said.
	LimitSupport(ctx context.Context, station string) (fleet.LimitSupport, error)
	// ListTransactions returns transactions, latest start first.
	ListTransactions(ctx context.Context, q TransactionQuery) (Page[fleet.Transaction], error)
	// Samples returns the samples of a transaction in the order of its events. The limit counts events: a
	// page has all samples of each of its events. ErrNotFound.
	Samples(ctx context.Context, q SampleQuery) (Page[fleet.TransactionSample], error)
	// MeterValues returns the meter values that belong to no transaction by EVSE, connector and time. The limit counts messages.
	MeterValues(ctx context.Context, q MeterQuery) (Page[fleet.Metered], error)
	// Conflicts returns the events that contradicted an earlier one of the transaction, at most 1000.
	Conflicts(ctx context.Context, station, id string) ([]fleet.Conflict, error)
	// Anomalies returns, for each anomaly of the transaction, which event revealed it, in the order of their arrival.
	// ErrNotFound.
	Anomalies(ctx context.Context, station, id string) ([]fleet.Anomaly, error)
}

// Access is about who may do what: tokens of drivers and of API users.
type Access interface {
	// PutToken adds or replaces a token. Records of the same value that are TokenUnknown and that t covers go.
	PutToken(ctx context.Context, t fleet.Token) error
	// ChangeToken replaces the record of exactly this value and type, nil when there is none, by what change makes of it,
	// and returns that. Nobody else changes the record meanwhile. It returns the error of change, and then changes
	// nothing. change may be called more than once. ErrNoTariff.
	ChangeToken(ctx context.Context, t fleet.IDToken, change func(old *fleet.Token) (fleet.Token, error)) (fleet.Token, error)
	// DeleteToken removes the record of exactly this value and type. ErrNotFound.
	DeleteToken(ctx context.Context, t fleet.IDToken) error
	// Token finds the record of a token: the one of its type, or one of no type; a token without a type finds
	// any. ErrNotFound.
	Token(ctx context.Context, t fleet.IDToken) (fleet.Token, error)
	// ListTokens returns tokens in the order of their values in lower case.
	ListTokens(ctx context.Context, q TokenQuery) (Page[fleet.Token], error)

	// Decide answers what would be decided if a token was used now; nothing is stored.
	Decide(ctx context.Context, q fleet.Question) (fleet.Decision, error)

	// ChangeTokenGroup is ChangeToken for the record of a group.
	ChangeTokenGroup(ctx context.Context, name string, change func(old *fleet.TokenGroup) (fleet.TokenGroup, error)) (fleet.TokenGroup, error)
	// DeleteTokenGroup removes the record of a group; who belongs to it stays so. ErrNotFound.
	DeleteTokenGroup(ctx context.Context, name string) error
	// TokenGroup finds the record of a group. ErrNotFound.
	TokenGroup(ctx context.Context, name string) (fleet.TokenGroup, error)
	// ListTokenGroups returns records of groups in the order of their names in lower case.
	ListTokenGroups(ctx context.Context, q TokenGroupQuery) (Page[fleet.TokenGroup], error)

	// TokensRevision is another number after every change that the operator makes of tokens, in this process. What is read after it
	// is at least as new.
	TokensRevision() uint64
	// LocalList returns what is known of the local list of a station. ErrNotFound.
	LocalList(ctx context.Context, station string) (fleet.LocalList, error)
	// ListContent returns what is on the lists of a digest, in order. ErrNotFound: no station has such a list any more.
	ListContent(ctx context.Context, digest string) ([]fleet.ListedToken, error)
	// ListLocalLists returns what is known of the local lists of stations, by station.
	ListLocalLists(ctx context.Context, q LocalListQuery) (Page[fleet.LocalList], error)

	// AddAPIToken keeps the record of an API token. One with the same hash is left as it is.
	AddAPIToken(ctx context.Context, t fleet.APIToken) error
	// APIToken finds a record by what fleet.HashAPIToken returns, without disk access for most. ErrNotFound.
	APIToken(ctx context.Context, hash []byte) (fleet.APIToken, error)
	// ListAPITokens returns all records, oldest first, at most 1000.
	ListAPITokens(ctx context.Context) ([]fleet.APIToken, error)
	// DeleteAPIToken removes a record by its id. ErrNotFound.
	DeleteAPIToken(ctx context.Context, id string) error
}

// Notices are what happened, in the order of the commits. Old ones are deleted, see Options.
type Notices interface {
	// ListNotices returns notices with numbers above q.After in rising order. It never shows a number while a
	// lower one may still appear.
	ListNotices(ctx context.Context, q NoticeQuery) ([]fleet.Notice, error)
	// NoticeRange returns the numbers of the oldest notice that is kept and of the newest; zeros when there is none.
	NoticeRange(ctx context.Context) (oldest, newest int64, err error)
	// ListRefusals returns refused connection attempts, latest first by when they were Received.
	ListRefusals(ctx context.Context, q RefusalQuery) (Page[fleet.Refused], error)
	// SummarizeRefusals counts those that are kept by reason, by identity and by address, the most often refused first,
	// at most q.Limit of each.
	SummarizeRefusals(ctx context.Context, q RefusalQuery) (fleet.RefusalSummary, error)
}
