package v201

import (
	"fmt"
	"unicode/utf8"

	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp201"
)

// setDisplayMessage makes a SetDisplayMessage (O01, O02, O06).
func askSetDisplayMessage(v *fleet.SetDisplayMessageRequest) (adapter.Instruction, error) {
	m := ocpp201.MessageInfo{
		ID: int(v.FreshID), Priority: ocpp201.MessagePriorityNormalCycle, State: ocpp201.MessageState(v.State),
		TransactionID: adapter.OptString(v.Transaction),
	}
	if v.Message != nil {
		m.ID = int(*v.Message)
	}
	if v.Priority != "" {
		m.Priority = ocpp201.MessagePriority(v.Priority)
	}
	if v.StartsAt != nil {
		m.StartDateTime = ocpp.At(*v.StartsAt)
	}
	if v.EndsAt != nil {
		m.EndDateTime = ocpp.At(*v.EndsAt)
	}
	if d := v.Display; d != nil {
		m.Display = &ocpp201.Component{Name: d.Component, Instance: adapter.OptString(d.ComponentInstance), EVSE: place(d.EVSE, d.Connector)}
	}
	m.Message = contentOf(v.Texts[0])
	return &ocpp201.SetDisplayMessageRequest{Message: m}, checkMessage(v)
}

// maxContent is how long a text may be (2.0.1 Part 2, MessageContentType).
const maxContent = 512

// checkMessage refuses what only OCPP 2.1 has.
func checkMessage(v *fleet.SetDisplayMessageRequest) error {
	switch {
	case len(v.Texts) > 1:
		return fleet.NotInVersion("/texts/1", "OCPP 2.0.1 takes a message in one language")
	case v.Texts[0].Format == "QRCODE":
		return fleet.NotInVersion("/texts/0/format", "OCPP 2.0.1 has no QRCODE: give a URI")
	case utf8.RuneCountInString(v.Texts[0].Content) > maxContent:
		return fleet.NotInVersion("/texts/0/content", "OCPP 2.0.1 takes at most %d characters", maxContent)
	}
	return checkState(v.State)
}

func checkState(state string) error {
	if state == "Suspended" || state == "Discharging" {
		return fleet.NotInVersion("/state", "OCPP 2.0.1 has Charging, Faulted, Idle and Unavailable only")
	}
	return nil
}

func contentOf(t fleet.TextArgument) ocpp201.MessageContent {
	c := ocpp201.MessageContent{Format: ocpp201.MessageFormatUTF8, Language: adapter.OptString(t.Language), Content: t.Content}
	if t.Format != "" {
		c.Format = ocpp201.MessageFormat(t.Format)
	}
	return c
}

// getDisplayMessages makes a GetDisplayMessages (O03, O04).
func askGetDisplayMessages(v *fleet.GetDisplayMessagesRequest) (adapter.Instruction, error) {
	req := &ocpp201.GetDisplayMessagesRequest{
		RequestID: int(v.RequestID), Priority: ocpp201.MessagePriority(v.Priority), State: ocpp201.MessageState(v.State),
	}
	for _, id := range v.Messages {
		req.ID = append(req.ID, int(id))
	}
	return req, checkState(v.State)
}

// clearDisplayMessage makes a ClearDisplayMessage (O05).
func askClearDisplayMessage(v *fleet.ClearDisplayMessageRequest) (adapter.Instruction, error) {
	return &ocpp201.ClearDisplayMessageRequest{ID: int(v.Message)}, nil
}

// maxCertificate is how long a certificate may be (2.0.1 Part 2, InstallCertificateRequest).
const maxCertificate = 5500

// installCertificate makes an InstallCertificate (M05).
func askInstallCertificate(v *fleet.InstallCertificateRequest) (adapter.Instruction, error) {
	switch {
	case v.Use == "OEMRootCertificate":
		return nil, fleet.NotInVersion("/use", "OCPP 2.0.1 has no OEMRootCertificate")
	case len(v.Certificate) > maxCertificate:
		return nil, fleet.NotInVersion("/certificate", "OCPP 2.0.1 takes at most %d characters", maxCertificate)
	}
	return &ocpp201.InstallCertificateRequest{CertificateType: ocpp201.InstallCertificateUse(v.Use), Certificate: v.Certificate}, nil
}

// deleteCertificate makes a DeleteCertificate (M04).
func askDeleteCertificate(v *fleet.DeleteCertificateRequest) (adapter.Instruction, error) {
	return &ocpp201.DeleteCertificateRequest{CertificateHashData: *hashOf(v)}, nil
}

func hashOf(v *fleet.DeleteCertificateRequest) *ocpp201.CertificateHashData {
	return &ocpp201.CertificateHashData{
		HashAlgorithm: ocpp201.HashAlgorithm(v.HashAlgorithm), IssuerNameHash: v.IssuerNameHash, IssuerKeyHash: v.IssuerKeyHash, SerialNumber: v.SerialNumber,
	}
}

// listCertificates makes a GetInstalledCertificateIds (M03).
func askListCertificates(v *fleet.ListCertificatesRequest) (adapter.Instruction, error) {
	req := &ocpp201.GetInstalledCertificateIdsRequest{}
	for i, use := range v.Uses {
		if use == "OEMRootCertificate" {
			return nil, fleet.NotInVersion(fmt.Sprintf("/uses/%d", i), "OCPP 2.0.1 has no OEMRootCertificate")
		}
		req.CertificateType = append(req.CertificateType, ocpp201.GetCertificateIDUse(use))
	}
	return req, nil
}

// customerInformation makes a CustomerInformation (N09, N10).
func askCustomerInformation(v *fleet.CustomerInformationRequest) (adapter.Instruction, error) {
	req := &ocpp201.CustomerInformationRequest{
		RequestID: int(v.RequestID), Report: v.Report, Clear: v.Clear, CustomerIdentifier: adapter.OptString(v.CustomerIdentifier),
	}
	if v.Certificate != nil {
		req.CustomerCertificate = hashOf(v.Certificate)
	}
	if v.IDToken != nil {
		token, err := tokenOf("/idToken", *v.IDToken)
		if err != nil {
			return nil, err
		}
		req.IDToken = token
	}
	return req, nil
}

// setNetworkProfile makes a SetNetworkProfile (B09).
func askSetNetworkProfile(v *fleet.SetNetworkProfileRequest) (adapter.Instruction, error) {
	if err := checkNetworkProfile(v); err != nil {
		return nil, err
	}
	d := ocpp201.NetworkConnectionProfile{
		OCPPVersion: ocpp201.OCPPVersion(v.OCPPVersion), OCPPTransport: ocpp201.OCPPTransportJSON, OCPPCSMSURL: v.URL,
		MessageTimeout: int(v.MessageTimeout), SecurityProfile: int(v.SecurityProfile), OCPPInterface: ocpp201.OCPPInterface(v.Interface),
	}
	if d.OCPPVersion == "" {
		d.OCPPVersion = ocpp201.OCPPVersionOCPP20
	}
	if d.MessageTimeout == 0 {
		d.MessageTimeout = defaultMessageTimeout
	}
	if v.APN != nil {
		d.APN = apnOf(v.APN)
	}
	if v.VPN != nil {
		d.VPN = &ocpp201.VPN{
			Server: v.VPN.Server, User: v.VPN.User, Group: adapter.OptString(v.VPN.Group), Password: v.VPN.Password, Key: v.VPN.Key,
			Type: ocpp201.VPNType(v.VPN.Type),
		}
	}
	return &ocpp201.SetNetworkProfileRequest{ConfigurationSlot: int(v.Slot), ConnectionData: d}, nil
}

// maxURL is how long the URL of a CSMS may be (2.0.1 Part 2, NetworkConnectionProfileType).
const maxURL = 512

// checkNetworkProfile refuses what only OCPP 2.1 has.
func checkNetworkProfile(v *fleet.SetNetworkProfileRequest) error {
	switch {
	case v.Interface == "Any":
		return fleet.NotInVersion("/interface", "OCPP 2.0.1 has no interface Any: name one")
	case v.Identity != "":
		return fleet.NotInVersion("/identity", "OCPP 2.0.1 has no identity in a network profile: leave it out")
	case v.Password != "":
		return fleet.NotInVersion("/password", "OCPP 2.0.1 has no password in a network profile: set the variable BasicAuthPassword of SecurityCtrlr")
	case v.OCPPVersion == "OCPP201" || v.OCPPVersion == "OCPP21":
		return fleet.NotInVersion("/ocppVersion", "OCPP 2.0.1 says OCPP20 for itself, and does not know OCPP 2.1")
	case len(v.URL) > maxURL:
		return fleet.NotInVersion("/url", "OCPP 2.0.1 takes at most %d characters", maxURL)
	}
	return nil
}

// defaultMessageTimeout is in seconds.
const defaultMessageTimeout = 30

func apnOf(a *fleet.APNArgument) *ocpp201.APN {
	apn := &ocpp201.APN{
		APN: a.APN, APNAuthentication: ocpp201.APNAuthentication(a.Authentication), APNUserName: adapter.OptString(a.User),
		APNPassword: adapter.OptString(a.Password),
	}
	if a.SIMPIN != nil {
		apn.SIMPIN = ocpp.Some(int(*a.SIMPIN))
	}
	return apn
}
