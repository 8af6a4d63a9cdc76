package fleet

import "time"

// BootStatus is what a station was last answered to its boot. The zero BootStatus is: it has never booted here.
type BootStatus string

// The boot statuses.
const (
	BootNone     BootStatus = ""
	BootAccepted BootStatus = "Accepted"
	BootPending  BootStatus = "Pending"
	BootRejected BootStatus = "Rejected"
)

// BootAnswer is how a boot is answered.
type BootAnswer struct {
	Status   BootStatus    // not BootNone
	Interval time.Duration // Accepted: between heartbeats; otherwise: until the next boot. Whole seconds; 0: as the station likes
}

// Seconds returns the interval as it is sent.
func (a BootAnswer) Seconds() int { return int(a.Interval / time.Second) }

// BootPolicy is what an operator wants the boots of a station to be answered. The zero BootPolicy leaves everything to
// the server's defaults.
type BootPolicy struct {
	Status    BootStatus    // BootNone: the server's default
	Retry     time.Duration // until the next boot while it is not accepted; whole seconds; 0: the server's default
	Heartbeat time.Duration // between heartbeats once it is accepted; whole seconds; 0: the server's default
}

// Answer returns how a boot is answered under p, with def for what p leaves open.
func (p BootPolicy) Answer(def BootPolicy) BootAnswer {
	status := orDefault(p.Status, orDefault(def.Status, BootAccepted))
	if status == BootAccepted {
		return BootAnswer{status, orDefault(p.Heartbeat, def.Heartbeat)}
	}
	return BootAnswer{status, orDefault(p.Retry, def.Retry)}
}

func orDefault[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}

// Station is a charging station as the system knows it.
type Station struct {
	ID      string // its identity in the connection URL
	Known   bool   // created by the operator; false: seen first on a server that is open to all
	Profile int    // security profile that it must use, 0 to 3 (A00.FR.001); 0 demands none
	Tariff  string // id of the tariff of drivers without one of their own; "" none
	Version string // OCPP version of its latest connection: "1.6", "2.0.1", "2.1"; "" never connected

	// From its latest boot.
	Vendor, Model, Serial, Firmware string
	ICCID, IMSI                     string
	MeterType, MeterSerial          string
	BootStatus                      BootStatus
	BootReason                      string // 2.x only
	BootedAt                        time.Time
	BootPolicy                      BootPolicy

	// Presence, see Presence.
	Online         bool
	Epoch          int64
	Address        string // remote address of its latest connection
	ConnectedAt    time.Time
	DisconnectedAt time.Time
	LastMessageAt  time.Time
	ClockOffset    *time.Duration // what to add to its times to get the server's, as Clock estimates it; nil: not known

	// What it answered last when it was asked whether messages about transactions wait (E14); nil and zero: nobody asked.
	MessagesWaiting   *bool
	MessagesWaitingAt time.Time

	CreatedAt time.Time
}

// Connector is a plug of a station, or with Connector 0 a whole EVSE, or with both 0 the station itself.
type Connector struct {
	EVSE, Connector int
	Status          string    // in the words of the station's version; "" unknown
	Since           time.Time // when it got this status, by the station's clock if it says so
	Received        time.Time // of the latest report
	ErrorCode       string    // of the latest report; "" or "NoError" is none
	Info            string
	VendorID        string
	VendorErrorCode string

	LastError   string // the latest error code other than NoError
	LastErrorAt time.Time
}

// EVSE is one charging place of a station with its connectors. EVSE 0 is the station itself.
type EVSE struct {
	ID         int
	Connectors []Connector
}

// StationDetail is a station with its places, in the order of their numbers.
type StationDetail struct {
	Station
	EVSEs []EVSE
	Tags  []string // that the operator gave it, in order
}

// GroupByEVSE makes EVSEs of connectors that are ordered by EVSE and connector.
func GroupByEVSE(connectors []Connector) []EVSE {
	var list []EVSE
	for _, c := range connectors {
		if n := len(list); n == 0 || list[n-1].ID != c.EVSE {
			list = append(list, EVSE{ID: c.EVSE})
		}
		last := &list[len(list)-1]
		last.Connectors = append(last.Connectors, c)
	}
	return list
}
