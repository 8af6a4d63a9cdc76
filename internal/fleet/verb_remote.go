package fleet

// remoteVerbs are about transactions from afar.
func remoteVerbs() []VerbKind {
	return []VerbKind{
		verb[StartRequest]("Start a transaction", `Accepted means that the station will try: a driver may still have to plug in, and the station may ask whether the token
may charge. The transaction is there when the station says so; in OCPP 2.x it bears the remoteStartId that was sent. A charging
profile may limit it from its start on: a station without smart charging ignores it. With a transactionLimit the station is asked
before which limits it takes, if that is not known.`,
			`{"evse":1,"idToken":{"value":"CAFE0123","type":"ISO14443"}}`),
		verb[StopRequest]("Stop a transaction", `Name the transaction, or the EVSE where it goes on, or neither when only one goes on at the station. Accepted means that the
station will stop it; it has ended when the station says so.`, `{"transaction":"CP-001:42"}`),
		verb[UnlockRequest]("Unlock a connector", `For a cable that is stuck. It is no way to end a transaction: a station may refuse while one goes on, or end it.`, `{"evse":1}`),
		verb[TransactionStatusRequest]("Ask about messages of a transaction that are still to come", `The station says whether the transaction goes on, and whether it still has messages in its
queue. OCPP 1.6 has no such request.`, `{"transaction":"CP-001:5d3bb8d4"}`),
	}
}

// TokenArgument is an id token in the arguments of a verb.
type TokenArgument struct {
	Value string `json:"value" minLength:"1" maxLength:"255" doc:"Of the card or app; OCPP 1.6 takes 20 characters, 2.0.1 takes 36" example:"CAFE0123"`
	Type  string `json:"type,omitempty" maxLength:"20" doc:"Kind of token in OCPP 2.x: Central, eMAID, ISO14443, ISO15693, KeyCode, Local, MacAddress, NoAuthorization and in 2.1 others. Left out: that of the token on record, and Central for one that is not" example:"ISO14443"`
}

// IDToken returns the token.
func (t TokenArgument) IDToken() IDToken { return IDToken(t) }

// StartRequest starts a transaction.
type StartRequest struct {
	EVSE    int            `json:"evse,omitempty" minimum:"1" maximum:"2147483647" doc:"Where; in OCPP 1.6 the number of the connector. Left out: the station decides, if it can" example:"1"`
	IDToken TokenArgument  `json:"idToken" doc:"Who charges"`
	Group   *TokenArgument `json:"groupIdToken,omitempty" doc:"Group of the token, whose members may stop the transaction (OCPP 2.x)"`

	Library   string           `json:"library,omitempty" minLength:"1" maxLength:"64" doc:"Name of a profile of the library with the purpose TxProfile, which limits the transaction" example:"night"`
	Profile   *ProfileArgument `json:"profile,omitempty" doc:"Instead of one of the library: a TxProfile that limits the transaction"`
	ProfileID int64            `json:"profileId,omitempty" minimum:"1" maximum:"1899999999" doc:"Of the profile that is given here, for the station. Left out with one of the library"`

	Limit *LimitArgument `json:"transactionLimit,omitempty" doc:"What the transaction may cost, take and last (OCPP 2.1). The station gets it in the answer to the message that begins the transaction, and has to support it"`

	RemoteStartID int64         `json:"-"` // a fresh one, which the messages of the transaction bear in 2.x
	Install       *Installation `json:"-"` // of the profile
}

// VerbName is the verb's name in the API.
func (*StartRequest) VerbName() string { return "start" }

// Check demands a token.
func (r *StartRequest) Check() error {
	if r.IDToken.Value == "" {
		return WrongArgument("/idToken/value", "say whose token it is")
	}
	switch {
	case r.Limit.Check("/transactionLimit") != nil:
		return r.Limit.Check("/transactionLimit")
	case r.Library != "" && r.Profile != nil:
		return WrongArgument("/library", "give the name of a profile of the library, or a profile")
	case r.Profile == nil && r.ProfileID != 0:
		return WrongArgument("/profileId", "it is the id of a profile that is given here; one of the library has an id already")
	case r.Profile == nil:
		return nil
	case r.ProfileID == 0:
		return WrongArgument("/profileId", "say under which id the station shall have the profile")
	}
	p := r.Profile.Profile()
	return firstFault(VerbWrong, p.Check().Under("/profile"), p.CheckForStart().Under("/profile"))
}

// CheckForStart returns why a transaction cannot be started with a profile (2.x K05.FR.02, 1.6 5.11).
func (p Profile) CheckForStart() Faults {
	var f Faults
	f.addIf(p.Purpose != PurposeTx, "/purpose", "a transaction is started with a TxProfile; this is a %s", p.Purpose)
	return f
}

// WithProfile reports whether a profile limits the transaction.
func (r *StartRequest) WithProfile() bool { return r.Library != "" || r.Profile != nil }

// Resolve says which profile limits the transaction: p is the one that is meant, and its id there.
func (r *StartRequest) Resolve(id int64, p Profile, limits ChargingLimits) error {
	at := profilePlace(r.Profile)
	if faults := p.CheckForStart(); len(faults) > 0 {
		return WrongArgument(at, "%s", faults[0].Detail)
	}
	if err := firstFault(VerbOfMoment, limits.Check(p).Under(at)); err != nil {
		return err
	}
	r.Install = &Installation{ID: id, Profile: p, At: ProfilePlace{EVSE: int64(r.EVSE)}, Pointer: at}
	return nil
}

// StopRequest stops a transaction.
type StopRequest struct {
	Transaction string `json:"transaction,omitempty" minLength:"1" maxLength:"1024" doc:"Its id, as in the list of transactions or as the station knows it" example:"CP-001:42"`
	EVSE        int    `json:"evse,omitempty" minimum:"1" maximum:"2147483647" doc:"Instead of the id: where it goes on" example:"1"`

	Running RunningTransaction `json:"-"`
}

// RunningTransaction is what a station calls a transaction of its own.
type RunningTransaction struct {
	ID     string // in 2.x
	Number int64  // in 1.6
}

// VerbName is the verb's name in the API.
func (*StopRequest) VerbName() string { return "stop" }

// Check demands one way to say which transaction is meant.
func (r *StopRequest) Check() error {
	if r.Transaction != "" && r.EVSE != 0 {
		return WrongArgument("/evse", "give the transaction or the EVSE, not both")
	}
	return nil
}

// UnlockRequest unlocks a connector.
type UnlockRequest struct {
	EVSE      int `json:"evse" minimum:"1" maximum:"2147483647" doc:"In OCPP 1.6 the number of the connector" example:"1"`
	Connector int `json:"connector,omitempty" minimum:"1" maximum:"2147483647" doc:"Of the EVSE. Left out: the only one that it has" example:"1"`
}

// VerbName is the verb's name in the API.
func (*UnlockRequest) VerbName() string { return "unlock" }

// Check demands an EVSE.
func (r *UnlockRequest) Check() error {
	if r.EVSE < 1 {
		return WrongArgument("/evse", "say of which EVSE")
	}
	return nil
}

// TransactionStatusRequest asks about messages of a transaction that are still to come.
type TransactionStatusRequest struct {
	Transaction string `json:"transaction,omitempty" minLength:"1" maxLength:"1024" doc:"Its id, as in the list of transactions or as the station knows it. Left out: whether there are messages of any transaction" example:"CP-001:5d3bb8d4"`

	Running RunningTransaction `json:"-"`
}

// VerbName is the verb's name in the API.
func (*TransactionStatusRequest) VerbName() string { return "get-transaction-status" }

// Check refuses nothing.
func (*TransactionStatusRequest) Check() error { return nil }
