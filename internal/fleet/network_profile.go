package fleet

import (
	"fmt"
	"time"
)

// NetworkProfile is how a station connects to a CSMS, in one of its slots (B09), as it was accepted last. Passwords, PINs and
// keys are not kept.
type NetworkProfile struct {
	Station         string
	Slot            int64
	Version         string // of OCPP, as the station takes it, such as OCPP20; "": not told (2.1)
	Transport       string // JSON, SOAP
	URL             string // of the CSMS, without user and password
	MessageTimeout  int64  // seconds
	SecurityProfile int64
	Interface       string // such as Wired0
	Identity        string // in the CSMS (2.1); "": not told
	Password        bool   // one was set (2.1)
	APN             string // of the mobile network; "": none
	APNUser         string
	VPN             string // server; "": none
	VPNType         string
	VPNUser         string
	Set             time.Time
}

// NetworkProfileSet is a profile that a station accepted.
type NetworkProfileSet struct{ Profile NetworkProfile }

func (c NetworkProfileSet) check(station string) error {
	if c.Profile.Station != station {
		return fmt.Errorf("%w: a network profile of %q", ErrInvalidEvent, c.Profile.Station)
	}
	return nil
}
