package httpapi

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// Station is a charging station. What is not known is null.
type Station struct {
	ID                string     `json:"id" doc:"Identity, as in the connection URL" example:"CP-001"`
	Known             bool       `json:"known" doc:"Created here; false: it came by itself to a server that is open to all"`
	SecurityProfile   int        `json:"securityProfile" minimum:"0" maximum:"3" doc:"Security profile that it must use at least"`
	Tariff            *string    `json:"tariff" doc:"Id of the tariff of drivers without one of their own; null: the default" example:"T-2026-11"`
	Version           *string    `json:"version" doc:"OCPP version of the latest connection" example:"2.0.1"`
	Online            bool       `json:"online" doc:"Connected now"`
	Address           *string    `json:"address" doc:"Remote address of the latest connection" example:"192.0.2.7:50112"`
	ConnectedAt       *time.Time `json:"connectedAt" doc:"Begin of the latest connection"`
	DisconnectedAt    *time.Time `json:"disconnectedAt" doc:"End of the latest connection that ended"`
	LastMessageAt     *time.Time `json:"lastMessageAt" doc:"When the last message came from it"`
	Vendor            *string    `json:"vendor" example:"Vendor"`
	Model             *string    `json:"model" example:"Model"`
	SerialNumber      *string    `json:"serialNumber"`
	FirmwareVersion   *string    `json:"firmwareVersion"`
	ICCID             *string    `json:"iccid" doc:"Of the SIM card"`
	IMSI              *string    `json:"imsi" doc:"Of the SIM card"`
	BootStatus        *string    `json:"bootStatus" doc:"Answer to its latest BootNotification: Accepted, Pending or Rejected" example:"Accepted"`
	BootReason        *string    `json:"bootReason" doc:"Why it booted (OCPP 2.x)" example:"PowerUp"`
	BootedAt          *time.Time `json:"bootedAt" doc:"When the latest BootNotification came"`
	ClockOffset       *float64   `json:"clockOffset" doc:"Seconds to add to its times to get the server's, as estimated; what a message travels is part of it" example:"-0.25"`
	Boot              *string    `json:"boot" doc:"How its boots shall be answered; null: as the server's default says" example:"Pending"`
	BootInterval      *int       `json:"bootInterval" doc:"Seconds until it shall boot again while it is not accepted; null: the server's default"`
	HeartbeatInterval *int       `json:"heartbeatInterval" doc:"Seconds between its heartbeats once it is accepted; null: the server's default"`
	MessagesWaiting   *bool      `json:"messagesWaiting" doc:"Messages about transactions have not been sent, as it answered last to GetTransactionStatus (OCPP 2.x); null: nobody asked"`
	MessagesWaitingAt *time.Time `json:"messagesWaitingAt" doc:"When it answered that"`
	CreatedAt         *time.Time `json:"createdAt" doc:"When it was created or first seen"`
}

// StationDetail is a station with its places.
type StationDetail struct {
	Station
	EVSEs []EVSE   `json:"evses" nullable:"false" doc:"Charging places; id 0 is the station itself"`
	Tags  []string `json:"tags" nullable:"false" doc:"Words that it was given, to select it by" example:"[\"depot-north\"]"`
}

// EVSE is a charging place. In OCPP 1.6 each connector is an EVSE of its own.
type EVSE struct {
	ID         int         `json:"id" doc:"0: the station itself"`
	Connectors []Connector `json:"connectors" nullable:"false"`
}

// Connector is a plug, or with id 0 the EVSE as a whole.
type Connector struct {
	ID              int        `json:"id" doc:"0: the EVSE as a whole"`
	Status          *string    `json:"status" doc:"In the words of the station's version" example:"Available"`
	Since           *time.Time `json:"since" doc:"When it got this status, by the station's clock"`
	ReportedAt      *time.Time `json:"reportedAt" doc:"When the latest report came"`
	ErrorCode       *string    `json:"errorCode" doc:"Of the latest report (OCPP 1.6)" example:"NoError"`
	Info            *string    `json:"info"`
	VendorID        *string    `json:"vendorId"`
	VendorErrorCode *string    `json:"vendorErrorCode"`
	LastError       *string    `json:"lastError" doc:"The latest error other than NoError"`
	LastErrorAt     *time.Time `json:"lastErrorAt"`
}

func viewStation(s fleet.Station) Station {
	return Station{
		ID: s.ID, Known: s.Known, SecurityProfile: s.Profile, Tariff: orNull(s.Tariff), Version: orNull(s.Version),
		Online: s.Online, Address: orNull(s.Address),
		ConnectedAt: instant(s.ConnectedAt), DisconnectedAt: instant(s.DisconnectedAt), LastMessageAt: instant(s.LastMessageAt), ClockOffset: inSeconds(s.ClockOffset),
		Vendor: orNull(s.Vendor), Model: orNull(s.Model), SerialNumber: orNull(s.Serial), FirmwareVersion: orNull(s.Firmware),
		ICCID: orNull(s.ICCID), IMSI: orNull(s.IMSI),
		BootStatus: orNull(string(s.BootStatus)), BootReason: orNull(s.BootReason), BootedAt: instant(s.BootedAt),
		Boot: orNull(string(s.BootPolicy.Status)), BootInterval: orNull(int(s.BootPolicy.Retry / time.Second)),
		HeartbeatInterval: orNull(int(s.BootPolicy.Heartbeat / time.Second)),
		MessagesWaiting:   s.MessagesWaiting, MessagesWaitingAt: instant(s.MessagesWaitingAt),
		CreatedAt: instant(s.CreatedAt),
	}
}

func viewStationDetail(s fleet.StationDetail) StationDetail {
	d := StationDetail{Station: viewStation(s.Station), EVSEs: make([]EVSE, 0, len(s.EVSEs)), Tags: append([]string{}, s.Tags...)}
	for _, e := range s.EVSEs {
		d.EVSEs = append(d.EVSEs, viewEVSE(e))
	}
	return d
}

func viewEVSE(e fleet.EVSE) EVSE {
	v := EVSE{ID: e.ID, Connectors: make([]Connector, 0, len(e.Connectors))}
	for _, c := range e.Connectors {
		v.Connectors = append(v.Connectors, viewConnector(c))
	}
	return v
}

func viewConnector(c fleet.Connector) Connector {
	return Connector{
		ID: c.Connector, Status: orNull(c.Status), Since: instant(c.Since), ReportedAt: instant(c.Received),
		ErrorCode: orNull(c.ErrorCode), Info: orNull(c.Info),
		VendorID: orNull(c.VendorID), VendorErrorCode: orNull(c.VendorErrorCode),
		LastError: orNull(c.LastError), LastErrorAt: instant(c.LastErrorAt),
	}
}
