package fleet

import (
	"strings"
	"time"
)

// setupVerbs are about what else is set up in a station: display messages, certificates, network profiles, and what it knows
// of persons.
func setupVerbs() []VerbKind {
	return []VerbKind{
		verb[SetDisplayMessageRequest]("Show a message on the station's display", `A message with the id of another one replaces it. Without an id it gets a new one, which the payload shows. With a
transaction it goes when that ends. OCPP 1.6 has none.`, `{"priority":"NormalCycle","texts":[{"format":"UTF8","language":"en","content":"Welcome"}]}`),
		verb[GetDisplayMessagesRequest]("Ask for a report on display messages", `What it says is in the list of the station's display messages; the list of its reports, with the requestId of the payload, says when it is
complete. notFound means that there are none, and that no report follows. OCPP 1.6 has none.`, `{}`),
		verb[ClearDisplayMessageRequest]("Remove a display message", `notFound means that it is gone already. OCPP 1.6 has none.`, `{"message":3}`),
		verb[InstallCertificateRequest]("Install a root certificate", `The station may check it, and keeps the old one as long as it needs it. In OCPP 1.6 this is part of the security extension.`,
			`{"use":"CSMSRootCertificate","certificate":"-----BEGIN CERTIFICATE-----\n...\n-----END CERTIFICATE-----\n"}`),
		verb[DeleteCertificateRequest]("Delete a certificate", `Named by the hashes that the station told of it, see the list of certificates. notFound means that it is gone already; failed, that the station still needs
it. In OCPP 1.6 this is part of the security extension.`, `{"hashAlgorithm":"SHA256","issuerNameHash":"3a1c","issuerKeyHash":"9b2d","serialNumber":"4f2a"}`),
		verb[ListCertificatesRequest]("Ask for the certificates that are installed", `They are in the list of certificates afterwards. notFound means that there are none. In OCPP 1.6 this is part of the security extension,
and is about one use at a time.`, `{"uses":["CSMSRootCertificate"]}`),
		verb[CustomerInformationRequest]("Ask what the station knows of a person, or have it forget it", `Name the person in one way. What it tells comes in a report, and is in the list of the station's customer information until it is deleted.
Local lists are not touched: send a new one. OCPP 1.6 has none.`, `{"report":true,"customerIdentifier":"4711"}`),
		verb[SetNetworkProfileRequest]("Set how the station connects", `Into one of its slots, one that is not in use; which are used says its variable NetworkConfigurationPriority, and it takes effect from a restart on. Passwords
and keys are sent, but never kept: a request with one cannot wait for its station. OCPP 1.6 has none.`,
			`{"slot":2,"url":"wss://csms.example/ocpp","securityProfile":2,"interface":"Wired0","messageTimeout":30}`),
	}
}

// SetDisplayMessageRequest shows a message.
type SetDisplayMessageRequest struct {
	Message     *int64            `json:"message,omitempty" minimum:"0" maximum:"2147483647" doc:"Its id in the station. Left out: a new one"`
	Priority    string            `json:"priority,omitempty" enum:"AlwaysFront,InFront,NormalCycle" doc:"AlwaysFront: nothing else is shown. InFront: before others. Left out: NormalCycle"`
	State       string            `json:"state,omitempty" enum:"Charging,Faulted,Idle,Unavailable,Suspended,Discharging" doc:"Only while the station is in this state. Suspended, Discharging: OCPP 2.1"`
	Texts       []TextArgument    `json:"texts" minItems:"1" maxItems:"5" doc:"The message; in OCPP 2.1 up to four more say it in other languages"`
	StartsAt    *time.Time        `json:"startsAt,omitempty" doc:"Left out: at once"`
	EndsAt      *time.Time        `json:"endsAt,omitempty" doc:"Left out: never"`
	Transaction string            `json:"transaction,omitempty" minLength:"1" maxLength:"36" doc:"Only during this transaction, by the station's own transactionId"`
	Display     *ComponentOfPlace `json:"display,omitempty" doc:"Which display. Left out: the main one"`

	FreshID int64 `json:"-"` // for a message without an id
}

// TextArgument is a text in one language.
type TextArgument struct {
	Format   string `json:"format,omitempty" enum:"ASCII,HTML,URI,UTF8,QRCODE" doc:"QRCODE: OCPP 2.1. Left out: UTF8"`
	Language string `json:"language,omitempty" minLength:"1" maxLength:"8" doc:"Of the text. Left out: not said" example:"en"`
	Content  string `json:"content" minLength:"1" maxLength:"1024" doc:"512 characters in OCPP 2.0.1"`
}

// ComponentOfPlace names a component.
type ComponentOfPlace struct {
	Component         string `json:"component" minLength:"1" maxLength:"50" doc:"Name of the component" example:"Display"`
	ComponentInstance string `json:"componentInstance,omitempty" minLength:"1" maxLength:"50" doc:"Which of several with this name. Left out: the only one"`
	EVSE              int    `json:"evse,omitempty" minimum:"1" maximum:"2147483647" doc:"Left out: it is one of the station" example:"1"`
	Connector         int    `json:"connector,omitempty" minimum:"1" maximum:"2147483647" doc:"Of the EVSE. Left out: it is one of the whole EVSE" example:"1"`
}

// VerbName is the verb's name in the API.
func (*SetDisplayMessageRequest) VerbName() string { return "set-display-message" }

// Check demands a text, and an end after the start.
func (r *SetDisplayMessageRequest) Check() error {
	switch {
	case len(r.Texts) == 0:
		return WrongArgument("/texts", "give at least one")
	case r.StartsAt != nil && r.EndsAt != nil && !r.EndsAt.After(*r.StartsAt):
		return WrongArgument("/endsAt", "it is not after the start")
	case r.Display != nil && r.Display.Connector != 0 && r.Display.EVSE == 0:
		return WrongArgument("/display/connector", "say of which EVSE the connector is")
	}
	return nil
}

// GetDisplayMessagesRequest asks for a report on display messages.
type GetDisplayMessagesRequest struct {
	Messages []int64 `json:"messages,omitempty" maxItems:"500" minimum:"0" maximum:"2147483647" doc:"Only those with these ids"`
	Priority string  `json:"priority,omitempty" enum:"AlwaysFront,InFront,NormalCycle" doc:"Only those of this priority"`
	State    string  `json:"state,omitempty" enum:"Charging,Faulted,Idle,Unavailable,Suspended,Discharging" doc:"Only those for this state"`

	RequestID int64 `json:"-"`
}

// VerbName is the verb's name in the API.
func (*GetDisplayMessagesRequest) VerbName() string { return "get-display-messages" }

// Check refuses nothing.
func (*GetDisplayMessagesRequest) Check() error { return nil }

// ClearDisplayMessageRequest removes a message.
type ClearDisplayMessageRequest struct {
	Message int64 `json:"message" minimum:"0" maximum:"2147483647" doc:"Its id in the station" example:"3"`
}

// VerbName is the verb's name in the API.
func (*ClearDisplayMessageRequest) VerbName() string { return "clear-display-message" }

// Check refuses nothing.
func (*ClearDisplayMessageRequest) Check() error { return nil }

// InstallCertificateRequest installs a root certificate.
type InstallCertificateRequest struct {
	Use         string `json:"use" enum:"CSMSRootCertificate,ManufacturerRootCertificate,V2GRootCertificate,MORootCertificate,OEMRootCertificate" doc:"What for. OCPP 1.6 has CSMSRootCertificate, which it calls CentralSystemRootCertificate, and ManufacturerRootCertificate. OEMRootCertificate: OCPP 2.1"`
	Certificate string `json:"certificate" minLength:"1" maxLength:"10000" doc:"In PEM; 5500 characters in OCPP 1.6 and 2.0.1"`
}

// VerbName is the verb's name in the API.
func (*InstallCertificateRequest) VerbName() string { return "install-certificate" }

// Check demands a certificate, and no private key.
func (r *InstallCertificateRequest) Check() error {
	switch {
	case strings.Contains(r.Certificate, "PRIVATE KEY"):
		return WrongArgument("/certificate", "there is a private key in it: give the certificate alone")
	case !strings.Contains(r.Certificate, "-----BEGIN CERTIFICATE-----"):
		return WrongArgument("/certificate", "not a certificate in PEM")
	}
	return nil
}

// DeleteCertificateRequest deletes a certificate.
type DeleteCertificateRequest struct {
	HashAlgorithm  string `json:"hashAlgorithm" enum:"SHA256,SHA384,SHA512" doc:"The one that the station told"`
	IssuerNameHash string `json:"issuerNameHash" minLength:"1" maxLength:"128" doc:"In hexadecimal, as the station told it"`
	IssuerKeyHash  string `json:"issuerKeyHash" minLength:"1" maxLength:"128" doc:"In hexadecimal, as the station told it"`
	SerialNumber   string `json:"serialNumber" minLength:"1" maxLength:"40" doc:"In hexadecimal, as the station told it"`
}

// VerbName is the verb's name in the API.
func (*DeleteCertificateRequest) VerbName() string { return "delete-certificate" }

// Check demands all hashes.
func (r *DeleteCertificateRequest) Check() error {
	for pointer, v := range map[string]string{
		"/hashAlgorithm": r.HashAlgorithm, "/issuerNameHash": r.IssuerNameHash, "/issuerKeyHash": r.IssuerKeyHash, "/serialNumber": r.SerialNumber,
	} {
		if v == "" {
			return WrongArgument(pointer, "it is needed: a station finds a certificate by all four")
		}
	}
	return nil
}

// ListCertificatesRequest asks for the certificates that are installed.
type ListCertificatesRequest struct {
	Uses []string `json:"uses,omitempty" maxItems:"6" enum:"CSMSRootCertificate,ManufacturerRootCertificate,V2GRootCertificate,MORootCertificate,V2GCertificateChain,OEMRootCertificate" doc:"Only those for these uses. OCPP 1.6 takes one: CSMSRootCertificate or ManufacturerRootCertificate. Left out: all, and CSMSRootCertificate in OCPP 1.6"`
}

// VerbName is the verb's name in the API.
func (*ListCertificatesRequest) VerbName() string { return "list-certificates" }

// Check refuses nothing.
func (*ListCertificatesRequest) Check() error { return nil }

// CustomerInformationRequest asks what a station knows of a person.
type CustomerInformationRequest struct {
	Report             bool                      `json:"report,omitempty" doc:"Tell what is known"`
	Clear              bool                      `json:"clear,omitempty" doc:"Forget it"`
	IDToken            *TokenArgument            `json:"idToken,omitempty" doc:"The person's token"`
	CustomerIdentifier string                    `json:"customerIdentifier,omitempty" minLength:"1" maxLength:"64" doc:"A number of the person, as the station knows it"`
	Certificate        *DeleteCertificateRequest `json:"customerCertificate,omitempty" doc:"The person's certificate"`

	RequestID int64 `json:"-"`
}

// VerbName is the verb's name in the API.
func (*CustomerInformationRequest) VerbName() string { return "customer-information" }

// Check demands something to do and one way to name the person (N09.FR.09).
func (r *CustomerInformationRequest) Check() error {
	if !r.Report && !r.Clear {
		return WrongArgument("/report", "say whether to report, to clear, or both")
	}
	named := 0
	for _, given := range []bool{r.IDToken != nil, r.CustomerIdentifier != "", r.Certificate != nil} {
		if given {
			named++
		}
	}
	if named != 1 {
		return WrongArgument("/customerIdentifier", "name the person in one way: idToken, customerIdentifier or customerCertificate")
	}
	return nil
}

// SetNetworkProfileRequest sets how a station connects.
type SetNetworkProfileRequest struct {
	Slot            int64        `json:"slot" minimum:"0" maximum:"2147483647" doc:"Place for the profile; what is in it is replaced" example:"2"`
	URL             string       `json:"url" minLength:"1" maxLength:"2000" pattern:"^wss?://" patternDescription:"URL of a WebSocket" doc:"Of the CSMS, without the station's identity; 512 characters in OCPP 2.0.1" example:"wss://csms.example/ocpp"`
	SecurityProfile int64        `json:"securityProfile" minimum:"0" maximum:"3" doc:"A station refuses a lower one than it has" example:"2"`
	Interface       string       `json:"interface" enum:"Wired0,Wired1,Wired2,Wired3,Wireless0,Wireless1,Wireless2,Wireless3,Any" doc:"Any: OCPP 2.1"`
	MessageTimeout  int64        `json:"messageTimeout,omitempty" minimum:"1" maximum:"2147483647" doc:"Seconds. Left out: 30" example:"30"`
	OCPPVersion     string       `json:"ocppVersion,omitempty" enum:"OCPP12,OCPP15,OCPP16,OCPP20,OCPP201,OCPP21" doc:"OCPP201, OCPP21: OCPP 2.1. Left out: OCPP20 in 2.0.1, and nothing in 2.1"`
	Identity        string       `json:"identity,omitempty" minLength:"1" maxLength:"48" doc:"In that CSMS (OCPP 2.1)"`
	Password        string       `json:"password,omitempty" minLength:"16" maxLength:"64" doc:"For that CSMS (OCPP 2.1); it is never kept"`
	APN             *APNArgument `json:"apn,omitempty" doc:"Mobile network"`
	VPN             *VPNArgument `json:"vpn,omitempty" doc:"Virtual private network to go through. Left out: none"`
}

// APNArgument is how a station gets into a mobile network.
type APNArgument struct {
	APN            string `json:"apn" minLength:"1" maxLength:"512" doc:"Access point, as the operator of the network calls it"`
	Authentication string `json:"authentication" enum:"PAP,CHAP,NONE,AUTO" doc:"How the station shows the network who it is"`
	User           string `json:"user,omitempty" minLength:"1" maxLength:"20" doc:"Left out: none is needed"`
	Password       string `json:"password,omitempty" minLength:"1" maxLength:"20" doc:"It is never kept"`
	SIMPIN         *int64 `json:"simPin,omitempty" minimum:"0" maximum:"99999999" doc:"It is never kept"`
}

// VPNArgument is a VPN that a station uses.
type VPNArgument struct {
	Server   string `json:"server" minLength:"1" maxLength:"512" doc:"Its name or address"`
	User     string `json:"user" minLength:"1" maxLength:"20" doc:"Who the station is there"`
	Group    string `json:"group,omitempty" minLength:"1" maxLength:"20" doc:"Left out: none is needed"`
	Password string `json:"password" minLength:"1" maxLength:"20" doc:"It is never kept"`
	Key      string `json:"key" minLength:"1" maxLength:"255" doc:"Shared secret; it is never kept"`
	Type     string `json:"type" enum:"IKEv2,IPSec,L2TP,PPTP" doc:"Its protocol"`
}

// VerbName is the verb's name in the API.
func (*SetNetworkProfileRequest) VerbName() string { return "set-network-profile" }

// Check refuses a URL with a user: passwords go into their fields.
func (r *SetNetworkProfileRequest) Check() error {
	if HideUser(r.URL) != r.URL {
		return WrongArgument("/url", "there is a user or a password in it: leave them out")
	}
	return nil
}
