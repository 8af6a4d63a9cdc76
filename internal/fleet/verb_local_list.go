package fleet

import "time"

// localListVerbs are about the list of tokens that a station knows by itself.
func localListVerbs() []VerbKind {
	return []VerbKind{
		verb[LocalListVersionRequest]("Ask for the version of the local list", `The version is in the response. 0 means that the list is empty, and in OCPP 1.6 -1 that the station has none.`, `{}`),
		verb[SendLocalListRequest]("Send a list of tokens for when the server is not there", `full replaces the station's list, differential changes it by the tokens that are given. Without tokens a full list is made of those
on record, and a differential one of what is otherwise there than on the list that the station accepted last: 409 when that is not known,
or when nothing is. Left out are the unknown, those that may charge at some times or places only, or at so many at once, for which
a list has no words, and those that the station's version cannot hold: longer than 20 characters in OCPP 1.6 and 36 in 2.0.1,
or in 2.x without a type that it knows. The station asks about them.
notFound and rejected leave the list as it was. When the station does not take a change that was made here (VersionMismatch, Failed),
it gets the full list as a kept command. What is known of its list is in its local-list.

A list that is larger than the station takes at once goes in several messages: the first as it was asked for, the others as changes of
it, each with a version of its own, when the one before was accepted. It is a kept command then, also when nobody asked for that: 202
when it takes longer than timeout. When a message is answered VersionMismatch or Failed, or its answer is lost, the whole list is sent
from its beginning; a change by tokens and remove ends there, and its detail says at which message.`,
			`{"update":"full","tokens":[{"value":"CAFE0123","type":"ISO14443","status":"Accepted"}],"listVersion":7}`),
	}
}

// LocalListVersionRequest asks for the version of the local list.
type LocalListVersionRequest struct{}

// VerbName is the verb's name in the API.
func (*LocalListVersionRequest) VerbName() string { return "get-local-list-version" }

// Check refuses nothing.
func (*LocalListVersionRequest) Check() error { return nil }

// LocalListUpdate says what becomes of the list that the station has.
type LocalListUpdate string

// The updates.
const (
	LocalListFull         LocalListUpdate = "full"
	LocalListDifferential LocalListUpdate = "differential"
)

// SendLocalListRequest sends a list of tokens.
type SendLocalListRequest struct {
	Update      LocalListUpdate `json:"update" enum:"full,differential" doc:"full: instead of the list that the station has. differential: as a change of it"`
	ListVersion int             `json:"listVersion,omitempty" minimum:"1" maximum:"2147483647" doc:"Version of the list afterwards, larger than the one that the station has; of several messages, the last. Left out: one more than what it has, as far as that is known" example:"7"`
	Tokens      []ListedToken   `json:"tokens,omitempty" maxItems:"10000" doc:"Left out, and remove, too: made of those on record"`
	Remove      []TokenArgument `json:"remove,omitempty" maxItems:"10000" doc:"With differential: tokens that are no longer on the list"`
	Empty       bool            `json:"empty,omitempty" doc:"With full: the list is to be empty, whatever is on record"`

	FromRecord bool `json:"-"` // Tokens are those on record: what the version cannot hold is left out
}

// ListedToken is a token of a local list.
type ListedToken struct {
	TokenArgument
	Status TokenStatus    `json:"status,omitempty" enum:"Accepted,Blocked,Expired,Invalid" doc:"Left out: Accepted"`
	Group  *TokenArgument `json:"groupIdToken,omitempty" doc:"Its group; in OCPP 1.6 the parentIdTag"`
	Expiry *time.Time     `json:"expiry,omitempty" doc:"It may charge until then"`
}

// VerbName is the verb's name in the API.
func (*SendLocalListRequest) VerbName() string { return "send-local-list" }

// Check refuses what goes with the other update only.
func (r *SendLocalListRequest) Check() error {
	switch {
	case r.Update != LocalListFull && r.Update != LocalListDifferential:
		return WrongArgument("/update", "not one of full, differential")
	case r.Update == LocalListFull && len(r.Remove) > 0:
		return WrongArgument("/remove", "a full list has only what is on it: leave out what is to go")
	case r.Empty && (r.Update != LocalListFull || len(r.Tokens) > 0):
		return WrongArgument("/empty", "it goes with a full list without tokens")
	}
	return nil
}

// Whole reports whether it brings a list to what it is to be, whatever the station has: then a full list may take its place.
func (r *SendLocalListRequest) Whole() bool { return r.Update == LocalListFull || !r.Given() }

// Given reports whether the caller says what is on the list.
func (r *SendLocalListRequest) Given() bool { return len(r.Tokens) > 0 || len(r.Remove) > 0 || r.Empty }
