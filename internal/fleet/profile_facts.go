package fleet

import (
	"fmt"
	"slices"
)

// ProfileFacts is what must be known of a station of OCPP 2.x before a charging profile is sent there: K01 forbids the CSMS to
// send what contradicts it.
type ProfileFacts struct {
	Installed     []InstalledProfile
	Switches      bool   // the station has said that it can choose the phase at the EVSE (K01.FR.20)
	Needs         bool   // the vehicle of the transaction has told its needs (K01.FR.34)
	MaxExternalID *int64 // ids up to this one are the station's own (K01.FR.80); nil: it did not say
}

// Check returns what forbids to send a profile. Pointers are those of the API, into the profile.
func (f ProfileFacts) Check(p ChargingProfile) Faults {
	var faults Faults
	faults.addIf(p.Purpose == string(PurposeExternal), "/purpose", "limits of this purpose are set by others than the CSMS (K01.FR.22)")
	faults.addIf(f.MaxExternalID != nil && p.ProfileID <= deref(f.MaxExternalID), "/id",
		"the station keeps ids up to %d for limits of others (K01.FR.80)", deref(f.MaxExternalID))
	faults.addIf(len(p.Schedules) > 1 && !f.Needs, "/schedules",
		"several schedules are for a vehicle with ISO 15118 to choose from, and none has told its needs in this transaction (K01.FR.34)")
	for i := range p.Schedules {
		k := slices.IndexFunc(p.Schedules[i].Periods, func(period SchedulePeriod) bool { return period.PhaseToUse != nil })
		faults.addIf(k >= 0 && !f.Switches, fmt.Sprintf("/schedules/%d/periods/%d/phaseToUse", i, k),
			"the station has not said that it can choose the phase there (K01.FR.20): ask for its variable ACPhaseSwitchingSupported of SmartChargingCtrlr")
	}
	if other := f.inTheWay(p); other != nil {
		faults.add("/stackLevel", "the station has profile %d with the same purpose and stack level %s (%s): replace that one, use another level, or clear it; get-profiles asks the station what it has",
			other.ProfileID, other.whose(), other.rule())
	}
	return faults
}

// inTheWay returns the profile that would be valid for the same thing at the same time.
func (f ProfileFacts) inTheWay(p ChargingProfile) *InstalledProfile {
	asked := &InstalledProfile{ChargingProfile: p}
	i := slices.IndexFunc(f.Installed, func(have InstalledProfile) bool {
		if p.Purpose == string(PurposeTx) && (p.TransactionID == "" || have.TransactionID == "") {
			return false // a remote start: it is for another transaction than those that are there
		}
		return have.ProfileID != p.ProfileID && have.samePlace(asked) && (p.Purpose == string(PurposeTx) || have.overlaps(asked))
	})
	if i < 0 {
		return nil
	}
	return &f.Installed[i]
}

func (p *InstalledProfile) whose() string {
	switch {
	case p.Purpose == string(PurposeTx) && p.TransactionID != "":
		return "for this transaction"
	case p.EVSE == 0:
		return "for the whole station, valid at the same time"
	}
	return fmt.Sprintf("at EVSE %d, valid at the same time", p.EVSE)
}

func (p *InstalledProfile) rule() string {
	if p.Purpose == string(PurposeTx) {
		return "K01.FR.39"
	}
	return "K01.FR.06"
}

// Record returns the profile as it is known when the station has it.
func (i *Installation) Record() ChargingProfile {
	return ChargingProfile{
		EVSE: i.At.EVSE, ProfileID: i.ID, StackLevel: i.Profile.StackLevel, Purpose: string(i.Profile.Purpose), Type: string(i.Profile.Kind),
		Recurrency: string(i.Profile.Recurrency), ValidFrom: i.Profile.ValidFrom, ValidTo: i.Profile.ValidTo, TransactionID: i.Running.ID,
		Schedules:     i.Profile.Schedules,
		ProfileUpkeep: ProfileUpkeep{MaxOffline: i.Profile.MaxOffline, EndsOffline: i.Profile.EndsOffline, UpdateInterval: i.Profile.UpdateInterval},
	}
}

// CheckFacts refuses what must not be sent to a station that is like that.
func (i *Installation) CheckFacts(f ProfileFacts) error {
	faults := f.Check(i.Record())
	for k := range faults {
		switch {
		case i.Pointer != "/profile":
			faults[k].Pointer = i.Pointer
		case faults[k].Pointer != "/id":
			faults[k].Pointer = i.Pointer + faults[k].Pointer
		}
	}
	return firstFault(VerbOfMoment, faults)
}
