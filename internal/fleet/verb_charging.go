package fleet

// chargingVerbs are about charging profiles and limits.
func chargingVerbs() []VerbKind {
	return []VerbKind{
		verb[LimitRequest]("Limit what is drawn, or remove the limit", `Without evse and transaction it is the whole station (ChargingStationMaxProfile), with an EVSE the transactions there
(TxDefaultProfile), with a transaction that one (TxProfile). Whatever else limits still does: the lowest counts. The limit is a charging
profile of an id and a stack level of its own, the highest of the station, so that it and profiles of the library do not
overwrite each other; setting it again replaces it. What the limit of a station is that shares one with others is up to its
site: 409.`, `{"amperes":16,"evse":1}`),
		verb[SetProfileRequest]("Install a charging profile", `One of the library, or one given here. It is checked first, also against what the station has said of itself. Another one of
the same purpose, stack level and EVSE is replaced.`, `{"library":"night","evse":1}`),
		verb[ClearProfilesRequest]("Remove charging profiles", `All that fit what is given. Accepted means that they are gone, notFound that there was none.`, `{"purpose":"TxDefaultProfile"}`),
		verb[GetProfilesRequest]("Ask which charging profiles are installed", `The station reports them afterwards; they are in its charging-profiles. OCPP 1.6 has no such request.`, `{"evse":1}`),
		verb[CompositeRequest]("Ask what limit results from all charging profiles", `The answer has the limit over the time that was asked for, as the station computes it.`, `{"evse":1,"seconds":3600}`),
		verb[UpdateScheduleRequest]("Change the values of a dynamic charging profile", `In OCPP 2.1 only. The profile keeps its id and everything else.`, `{"id":1001,"limit":11000}`),
		verb[SetDERRequest]("Set a control of distributed energy resources", `In OCPP 2.1 only. The settings are those of the type, in the words of OCPP 2.1.`,
			`{"id":"c1","type":"LimitMaxDischarge","settings":{"priority":1,"pctMaxDischargePower":50}}`),
		verb[GetDERRequest]("Ask which controls of distributed energy resources are set", `In OCPP 2.1 only. The station reports them afterwards; they are in its der-controls.`, `{"type":"LimitMaxDischarge"}`),
		verb[ClearDERRequest]("Remove controls of distributed energy resources", `In OCPP 2.1 only. All that fit what is given.`, `{"id":"c1"}`),
	}
}

// LimitRequest limits a station, an EVSE or a transaction, or removes the limit.
type LimitRequest struct {
	Amperes     *float64 `json:"amperes,omitempty" minimum:"0" maximum:"1000000000" doc:"Per phase, with one decimal at most" example:"16"`
	Watts       *float64 `json:"watts,omitempty" minimum:"0" maximum:"1000000000" doc:"Of all phases, with one decimal at most"`
	Remove      bool     `json:"remove,omitempty" doc:"No limit any more, instead of amperes or watts"`
	EVSE        int64    `json:"evse,omitempty" minimum:"1" maximum:"999" doc:"Only this EVSE; in OCPP 1.6 the number of the connector" example:"1"`
	Transaction string   `json:"transaction,omitempty" minLength:"1" maxLength:"1024" doc:"Only this transaction: its id, as in the list of transactions or as the station knows it" example:"CP-001:42"`

	Install *Installation `json:"-"` // what to install; nil: to remove Clear
	Clear   int64         `json:"-"` // id of the profile to remove
}

// VerbName is the verb's name in the API.
func (*LimitRequest) VerbName() string { return "limit" }

// Check demands one of amperes, watts and remove.
func (r *LimitRequest) Check() error {
	given := 0
	for _, is := range []bool{r.Amperes != nil, r.Watts != nil, r.Remove} {
		if is {
			given++
		}
	}
	if given != 1 {
		return WrongArgument("/amperes", "give one of amperes, watts and remove")
	}
	for pointer, v := range map[string]*float64{"/amperes": r.Amperes, "/watts": r.Watts} {
		if v != nil {
			if _, ok := TenthsOf(*v); !ok {
				return WrongArgument(pointer, "it is not negative and has one decimal at most")
			}
		}
	}
	return nil
}

// Resolve says what the limit is at a station: place is where the transaction goes on, if there is one.
func (r *LimitRequest) Resolve(limits ChargingLimits, at ProfilePlace, running RunningTransaction) error {
	purpose, id := PurposeStationMax, int64(limitIDs)
	switch {
	case r.Transaction != "":
		purpose, id = PurposeTx, transactionIDs+at.EVSE
	case r.EVSE > 0:
		purpose, id = PurposeTxDefault, limitIDs+at.EVSE
	}
	if r.Clear = id; r.Remove {
		return nil
	}
	unit, amount, pointer := UnitAmperes, r.Amperes, "/amperes"
	if r.Watts != nil {
		unit, amount, pointer = UnitWatts, r.Watts, "/watts"
	}
	if !limits.Takes(unit) {
		return NotNow(pointer, "the station has said that it takes limits in %s only", listed(limits.Units))
	}
	p := Profile{
		Purpose: purpose, Kind: KindAbsolute, StackLevel: limits.LimitLevel(),
		Schedules: []ChargingSchedule{{ID: 1, Start: limitStart, Unit: unit, Periods: []SchedulePeriod{{Limit: decimalOf(amount)}}}},
	}
	r.Install = &Installation{ID: id, Profile: p, At: at, Running: running, Pointer: pointer}
	return nil
}

// SetProfileRequest installs a charging profile.
type SetProfileRequest struct {
	Library     string           `json:"library,omitempty" minLength:"1" maxLength:"64" doc:"Name of a profile of the library" example:"night"`
	Profile     *ProfileArgument `json:"profile,omitempty" doc:"Instead of one of the library"`
	ID          int64            `json:"id,omitempty" minimum:"1" maximum:"1899999999" doc:"Of the profile that is given here, for the station. Left out with one of the library"`
	EVSE        int64            `json:"evse,omitempty" minimum:"0" maximum:"999" doc:"Where; in OCPP 1.6 the number of the connector. 0, or left out: the whole station" example:"1"`
	Transaction string           `json:"transaction,omitempty" minLength:"1" maxLength:"1024" doc:"With a TxProfile: the id of the transaction that it is for"`

	Install *Installation `json:"-"`
}

// VerbName is the verb's name in the API.
func (*SetProfileRequest) VerbName() string { return "set-profile" }

// Check demands a profile, and that nothing is wrong with it wherever it goes.
func (r *SetProfileRequest) Check() error {
	switch {
	case (r.Library == "") == (r.Profile == nil):
		return WrongArgument("/library", "give the name of a profile of the library, or a profile")
	case r.Profile == nil && r.ID != 0:
		return WrongArgument("/id", "a profile of the library has an id already")
	case r.Profile != nil && r.ID == 0:
		return WrongArgument("/id", "say under which id the station shall have it")
	case r.Profile == nil:
		return nil
	}
	p := r.Profile.Profile()
	return firstFault(VerbWrong, p.Check().Under("/profile"), p.CheckPlace(ProfilePlace{r.EVSE, r.Transaction}))
}

// firstFault is an error about the first of faults, which names the others, too; nil without any.
func firstFault(reason VerbReason, lists ...Faults) error {
	var all Faults
	for _, list := range lists {
		all = append(all, list...)
	}
	switch len(all) {
	case 0:
		return nil
	case 1:
		return &VerbError{reason, all[0].Pointer, all[0].Detail}
	}
	return &VerbError{reason, all[0].Pointer, all[0].Detail + "; also " + all[1:].Error()}
}

// Resolve says what is installed at a station: p is the profile that is meant, and its id there.
func (r *SetProfileRequest) Resolve(id int64, p Profile, limits ChargingLimits, at ProfilePlace, running RunningTransaction) error {
	if err := firstFault(VerbWrong, p.CheckPlace(at)); err != nil {
		return err
	}
	if err := firstFault(VerbOfMoment, limits.Check(p).Under(profilePlace(r.Profile))); err != nil {
		return err
	}
	r.Install = &Installation{ID: id, Profile: p, At: at, Running: running, Pointer: profilePlace(r.Profile)}
	return nil
}

// profilePlace is the pointer to the profile in the arguments: given nil, it is one of the library.
func profilePlace(given *ProfileArgument) string {
	if given == nil {
		return "/library"
	}
	return "/profile"
}

// Installation is a charging profile on its way to a place of a station.
type Installation struct {
	ID      int64
	Profile Profile
	At      ProfilePlace
	Running RunningTransaction // with a TxProfile
	Pointer string             // to the profile in the arguments of a verb; "/library" stands for a whole profile
}

// CheckVersion refuses what a version cannot say. Before it was found out which profile it is, nothing can be said.
func (i *Installation) CheckVersion(version string) error {
	if i == nil {
		return NotNow("", "which charging profile this is depends on the station")
	}
	faults := i.Profile.CheckVersion(version)
	if i.Pointer == "/library" {
		for k := range faults {
			faults[k] = Fault{"/library", faults[k].Pointer + " of the profile: " + faults[k].Detail}
		}
		return firstFault(VerbVersion, faults)
	}
	return firstFault(VerbVersion, faults.Under(i.Pointer))
}

// ClearProfilesRequest removes charging profiles.
type ClearProfilesRequest struct {
	ID         int64  `json:"id,omitempty" minimum:"1" maximum:"2147483647" doc:"Id of the one to remove, instead of everything else here"`
	Purpose    string `json:"purpose,omitempty" enum:"ChargingStationMaxProfile,TxDefaultProfile,TxProfile,PriorityCharging,LocalGeneration" doc:"Only those of this purpose"`
	StackLevel *int64 `json:"stackLevel,omitempty" minimum:"0" maximum:"9999" doc:"Only those of this level"`
	EVSE       *int64 `json:"evse,omitempty" minimum:"0" maximum:"999" doc:"Only those of this EVSE; 0: of the whole station"`
}

// VerbName is the verb's name in the API.
func (*ClearProfilesRequest) VerbName() string { return "clear-profiles" }

// Check demands something by which they are chosen: OCPP 2.x has no request without (K10.FR.02).
func (r *ClearProfilesRequest) Check() error {
	criteria := r.Purpose != "" || r.StackLevel != nil || r.EVSE != nil
	switch {
	case r.ID == 0 && !criteria:
		return WrongArgument("/id", "say which: id, or purpose, stackLevel and evse")
	case r.ID != 0 && criteria:
		return WrongArgument("/id", "an id says it all: leave purpose, stackLevel and evse out")
	}
	return nil
}

// GetProfilesRequest asks which charging profiles are installed.
type GetProfilesRequest struct {
	ID         int64  `json:"id,omitempty" minimum:"1" maximum:"2147483647" doc:"Only the one of this id, instead of purpose and stackLevel"`
	Purpose    string `json:"purpose,omitempty" enum:"ChargingStationMaxProfile,TxDefaultProfile,TxProfile,ChargingStationExternalConstraints,PriorityCharging,LocalGeneration" doc:"Only those of this purpose"`
	StackLevel *int64 `json:"stackLevel,omitempty" minimum:"0" maximum:"9999" doc:"Only those of this level"`
	EVSE       *int64 `json:"evse,omitempty" minimum:"0" maximum:"999" doc:"Only those of this EVSE; 0: of the whole station. Left out: all"`

	RequestID int64 `json:"-"`
}

// VerbName is the verb's name in the API.
func (*GetProfilesRequest) VerbName() string { return "get-profiles" }

// Check refuses an id beside criteria (K09.FR.03).
func (r *GetProfilesRequest) Check() error {
	if r.ID != 0 && (r.Purpose != "" || r.StackLevel != nil) {
		return WrongArgument("/id", "give an id, or purpose and stackLevel")
	}
	return nil
}

// CompositeRequest asks what limit results from all charging profiles.
type CompositeRequest struct {
	EVSE    int64  `json:"evse" minimum:"0" maximum:"999" doc:"In OCPP 1.6 the number of the connector. 0: what the whole station draws from the grid" example:"1"`
	Seconds int64  `json:"seconds" minimum:"1" maximum:"31536000" doc:"From now on" example:"3600"`
	Unit    string `json:"unit,omitempty" enum:"A,W" doc:"Left out: the station decides"`
}

// VerbName is the verb's name in the API.
func (*CompositeRequest) VerbName() string { return "composite-schedule" }

// Check accepts everything: the tags say what is right.
func (*CompositeRequest) Check() error { return nil }
