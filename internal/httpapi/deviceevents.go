package httpapi

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// SecurityEvent is what a station reported as a matter of its security.
type SecurityEvent struct {
	Number     int64      `json:"number" doc:"Rising in the order of arrival"`
	Station    string     `json:"station" example:"CP-001"`
	Type       string     `json:"type" doc:"Of the lists of OCPP, or a vendor's own" example:"TamperDetectionActivated"`
	Critical   bool       `json:"critical" doc:"The list of the station's OCPP version says so"`
	TechInfo   *string    `json:"techInfo"`
	Time       *time.Time `json:"time" doc:"By the station's clock"`
	ReceivedAt *time.Time `json:"receivedAt" doc:"By the server's clock"`
}

// MonitoringEvent is what a monitor of a station noticed.
type MonitoringEvent struct {
	Number  int64  `json:"number" doc:"Rising in the order of arrival"`
	Station string `json:"station" example:"CP-001"`
	EventID int64  `json:"eventId" doc:"In the station"`
	About
	Trigger       string     `json:"trigger" doc:"Alerting, Delta or Periodic" example:"Alerting"`
	Value         *string    `json:"value" doc:"Of the variable; null when it is a secret"`
	Severity      *int       `json:"severity" doc:"From 0 (danger) to 9 (debug). OCPP 2.0.1 does not send it: that of the monitor, when it was reported before"`
	Cleared       *bool      `json:"cleared" doc:"The value is back where it belongs"`
	Cause         *int64     `json:"cause" doc:"eventId of the event that caused this one"`
	MonitorID     *int64     `json:"monitorId"`
	Kind          *string    `json:"kind" doc:"Who set the monitor" example:"HardWiredMonitor"`
	TransactionID *string    `json:"transactionId" doc:"As the station knows it"`
	TechCode      *string    `json:"techCode"`
	TechInfo      *string    `json:"techInfo"`
	Time          *time.Time `json:"time" doc:"By the station's clock"`
	ReceivedAt    *time.Time `json:"receivedAt" doc:"By the server's clock"`
}

// CertificateRequest is what a station wanted about a certificate. What its kind does not have is null.
type CertificateRequest struct {
	Number         int64      `json:"number" doc:"Rising in the order in which they were asked first"`
	Station        string     `json:"station" example:"CP-001"`
	Wish           string     `json:"wish" enum:"sign,contract,status,chain" doc:"sign: to have one signed. contract: one for a vehicle. status: whether one is revoked. chain: the same for one of a chain"`
	Status         string     `json:"status" doc:"How it was answered" example:"Rejected"`
	Reason         *string    `json:"reason" doc:"Why, in a word of OCPP" example:"UnsupportedRequest"`
	RequestID      *int64     `json:"requestId"`
	Use            *string    `json:"use" doc:"What the certificate is for" example:"ChargingStationCertificate"`
	Subject        *string    `json:"subject" doc:"Of the request that is to be signed" example:"CN=CP-001,O=Operator"`
	KeyAlgorithm   *string    `json:"keyAlgorithm" example:"ECDSA"`
	KeyBits        *int       `json:"keyBits" example:"256"`
	Fingerprint    *string    `json:"fingerprint" doc:"SHA-256 of the request"`
	Fault          *string    `json:"fault" doc:"What is wrong with the request; null: nothing"`
	HashAlgorithm  *string    `json:"hashAlgorithm" example:"SHA256"`
	IssuerNameHash *string    `json:"issuerNameHash"`
	IssuerKeyHash  *string    `json:"issuerKeyHash"`
	SerialNumber   *string    `json:"serialNumber"`
	Source         *string    `json:"source" doc:"OCSP or CRL"`
	URL            *string    `json:"url" doc:"Of who knows the status"`
	SchemaVersion  *string    `json:"schemaVersion" doc:"Of ISO 15118"`
	Action         *string    `json:"action" doc:"Install or Update"`
	FirstAskedAt   *time.Time `json:"firstAskedAt"`
	LatestAskedAt  *time.Time `json:"latestAskedAt"`
	Times          int64      `json:"times" doc:"How often it was asked"`
}

type securityEventsInput struct {
	PageQuery
	ArrivalFilter
	Type     string `query:"type" maxLength:"255" doc:"Only those of one type"`
	Critical string `query:"critical" enum:"true,false" doc:"Only those that are critical, or are not"`
}

type monitoringEventsInput struct {
	PageQuery
	ArrivalFilter
	SettingFilter
	Trigger     string `query:"trigger" enum:"Alerting,Delta,Periodic" doc:"Only those with one trigger"`
	Severity    string `query:"severity" enum:"0,1,2,3,4,5,6,7,8,9" doc:"Only those at least so grave: 0 is the gravest. Those of unknown severity are left out"`
	Transaction string `query:"transaction" maxLength:"255" doc:"Only those of one transaction, by the station's own transactionId"`
}

type certificateRequestsInput struct {
	PageQuery
	Station string `query:"station" maxLength:"255" doc:"Only those of one station"`
	Wish    string `query:"wish" enum:"sign,contract,status,chain" doc:"Only those of one kind"`
}

func (a *api) registerDeviceEvents() {
	operate(a, ofFleet("security-events", "security event", "List security events of stations, the latest first",
		"The latest 1,000 of each station are kept; what is dropped is counted under stations/{id}/kept."), a.listSecurityEvents)
	operate(a, ofFleet("monitoring-events", "monitoring event", "List what monitors of stations noticed, the latest first",
		"OCPP 2.x. The latest 10,000 of each station are kept; what is dropped is counted under stations/{id}/kept."), a.listMonitoringEvents)
	operate(a, ofFleet("certificate-requests", "certificate request", "List what stations want about certificates, the latest first",
		"No authority is set up here yet: all of it is refused, and kept for the record. Asking the same again is counted."), a.listCertificateRequests)
}

func (a *api) listSecurityEvents(ctx context.Context, in *securityEventsInput) (*answer[List[SecurityEvent]], error) {
	p, err := a.o.Store.ListSecurityEvents(ctx, store.SecurityEventQuery{
		Arrival: in.query(in.PageQuery), Type: in.Type, Critical: flag(in.Critical),
	})
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewSecurityEvent), nil
}

func (a *api) listMonitoringEvents(ctx context.Context, in *monitoringEventsInput) (*answer[List[MonitoringEvent]], error) {
	p, err := a.o.Store.ListMonitoringEvents(ctx, store.MonitoringEventQuery{
		SettingQuery: in.SettingFilter.query(), Arrival: in.ArrivalFilter.query(in.PageQuery),
		Trigger: in.Trigger, Severity: smallNumber(in.Severity), TransactionID: in.Transaction,
	})
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewMonitoringEvent), nil
}

func (a *api) listCertificateRequests(ctx context.Context, in *certificateRequestsInput) (*answer[List[CertificateRequest]], error) {
	p, err := a.o.Store.ListCertificateRequests(ctx, store.CertificateQuery{
		Station: in.Station, Cursor: in.Cursor, Limit: in.Limit, Wish: fleet.CertificateWish(in.Wish),
	})
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewCertificateRequest), nil
}

func viewSecurityEvent(e fleet.SecurityEvent) SecurityEvent {
	return SecurityEvent{
		Number: e.Number, Station: e.Station, Type: e.Type, Critical: e.Critical, TechInfo: orNull(e.TechInfo),
		Time: instant(e.Time), ReceivedAt: instant(e.Received),
	}
}

func viewMonitoringEvent(e fleet.MonitoringEvent) MonitoringEvent {
	v := MonitoringEvent{
		Number: e.Number, Station: e.Station, EventID: e.EventID, About: about(e.Setting), Trigger: e.Trigger, Value: &e.Value,
		Severity: e.Severity, Cleared: e.Cleared, Cause: e.Cause, MonitorID: e.MonitorID, Kind: orNull(e.Kind),
		TransactionID: orNull(e.TransactionID), TechCode: orNull(e.TechCode), TechInfo: orNull(e.TechInfo),
		Time: instant(e.Time), ReceivedAt: instant(e.Received),
	}
	if e.Value == fleet.Hidden {
		v.Value = nil
	}
	return v
}

func viewCertificateRequest(r fleet.CertificateRequest) CertificateRequest {
	return CertificateRequest{
		Number: r.Number, Station: r.Station, Wish: string(r.Wish), Status: r.Status, Reason: orNull(r.Reason), RequestID: r.RequestID,
		Use: orNull(r.Use), Subject: orNull(r.Subject), KeyAlgorithm: orNull(r.KeyAlgorithm), KeyBits: orNull(r.KeyBits),
		Fingerprint: orNull(r.Fingerprint), Fault: orNull(r.Fault), HashAlgorithm: orNull(r.HashAlgorithm),
		IssuerNameHash: orNull(r.IssuerNameHash), IssuerKeyHash: orNull(r.IssuerKeyHash), SerialNumber: orNull(r.SerialNumber),
		Source: orNull(r.Source), URL: orNull(r.URL), SchemaVersion: orNull(r.Schema), Action: orNull(r.Action),
		FirstAskedAt: instant(r.FirstAsked), LatestAskedAt: instant(r.LastAsked), Times: r.Times,
	}
}
