package v21

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// setDisplayMessage makes a SetDisplayMessage (O01, O02, O06).
func askSetDisplayMessage(v *fleet.SetDisplayMessageRequest) (adapter.Instruction, error) {
	m := ocpp21.MessageInfo{
		ID: int(v.FreshID), Priority: ocpp21.MessagePriorityNormalCycle, State: ocpp21.MessageState(v.State),
		TransactionID: adapter.OptString(v.Transaction),
	}
	if v.Message != nil {
		m.ID = int(*v.Message)
	}
	if v.Priority != "" {
		m.Priority = ocpp21.MessagePriority(v.Priority)
	}
	if v.StartsAt != nil {
		m.StartDateTime = ocpp.At(*v.StartsAt)
	}
	if v.EndsAt != nil {
		m.EndDateTime = ocpp.At(*v.EndsAt)
	}
	if d := v.Display; d != nil {
		m.Display = &ocpp21.Component{Name: d.Component, Instance: adapter.OptString(d.ComponentInstance), EVSE: place(d.EVSE, d.Connector)}
	}
	m.Message = contentOf(v.Texts[0])
	for _, t := range v.Texts[1:] {
		m.MessageExtra = append(m.MessageExtra, contentOf(t))
	}
	return &ocpp21.SetDisplayMessageRequest{Message: m}, nil
}

func contentOf(t fleet.TextArgument) ocpp21.MessageContent {
	c := ocpp21.MessageContent{Format: ocpp21.MessageFormatUTF8, Language: adapter.OptString(t.Language), Content: t.Content}
	if t.Format != "" {
		c.Format = ocpp21.MessageFormat(t.Format)
	}
	return c
}

// getDisplayMessages makes a GetDisplayMessages (O03, O04).
func askGetDisplayMessages(v *fleet.GetDisplayMessagesRequest) (adapter.Instruction, error) {
	req := &ocpp21.GetDisplayMessagesRequest{
		RequestID: int(v.RequestID), Priority: ocpp21.MessagePriority(v.Priority), State: ocpp21.MessageState(v.State),
	}
	for _, id := range v.Messages {
		req.ID = append(req.ID, int(id))
	}
	return req, nil
}

// clearDisplayMessage makes a ClearDisplayMessage (O05).
func askClearDisplayMessage(v *fleet.ClearDisplayMessageRequest) (adapter.Instruction, error) {
	return &ocpp21.ClearDisplayMessageRequest{ID: int(v.Message)}, nil
}

// installCertificate makes an InstallCertificate (M05).
func askInstallCertificate(v *fleet.InstallCertificateRequest) (adapter.Instruction, error) {
	return &ocpp21.InstallCertificateRequest{CertificateType: ocpp21.InstallCertificateUse(v.Use), Certificate: v.Certificate}, nil
}

// deleteCertificate makes a DeleteCertificate (M04).
func askDeleteCertificate(v *fleet.DeleteCertificateRequest) (adapter.Instruction, error) {
	return &ocpp21.DeleteCertificateRequest{CertificateHashData: *hashOf(v)}, nil
}

func hashOf(v *fleet.DeleteCertificateRequest) *ocpp21.CertificateHashData {
	return &ocpp21.CertificateHashData{
		HashAlgorithm: ocpp21.HashAlgorithm(v.HashAlgorithm), IssuerNameHash: v.IssuerNameHash, IssuerKeyHash: v.IssuerKeyHash, SerialNumber: v.SerialNumber,
	}
}

// listCertificates makes a GetInstalledCertificateIds (M03).
func askListCertificates(v *fleet.ListCertificatesRequest) (adapter.Instruction, error) {
	req := &ocpp21.GetInstalledCertificateIdsRequest{}
	for _, use := range v.Uses {
		req.CertificateType = append(req.CertificateType, ocpp21.GetCertificateIDUse(use))
	}
	return req, nil
}

// customerInformation makes a CustomerInformation (N09, N10).
func askCustomerInformation(v *fleet.CustomerInformationRequest) (adapter.Instruction, error) {
	req := &ocpp21.CustomerInformationRequest{
		RequestID: int(v.RequestID), Report: v.Report, Clear: v.Clear, CustomerIdentifier: adapter.OptString(v.CustomerIdentifier),
	}
	if v.Certificate != nil {
		req.CustomerCertificate = hashOf(v.Certificate)
	}
	if v.IDToken != nil {
		req.IDToken = tokenOf(*v.IDToken)
	}
	return req, nil
}

// setNetworkProfile makes a SetNetworkProfile (B09).
func askSetNetworkProfile(v *fleet.SetNetworkProfileRequest) (adapter.Instruction, error) {
	d := ocpp21.NetworkConnectionProfile{
		OCPPVersion: ocpp21.OCPPVersion(v.OCPPVersion), OCPPTransport: ocpp21.OCPPTransportJSON, OCPPCSMSURL: v.URL,
		MessageTimeout: int(v.MessageTimeout), SecurityProfile: int(v.SecurityProfile), OCPPInterface: ocpp21.OCPPInterface(v.Interface),
		Identity: adapter.OptString(v.Identity), BasicAuthPassword: adapter.OptString(v.Password),
	}
	if d.MessageTimeout == 0 {
		d.MessageTimeout = defaultMessageTimeout
	}
	if v.APN != nil {
		d.APN = apnOf(v.APN)
	}
	if v.VPN != nil {
		d.VPN = &ocpp21.VPN{
			Server: v.VPN.Server, User: v.VPN.User, Group: adapter.OptString(v.VPN.Group), Password: v.VPN.Password, Key: v.VPN.Key,
			Type: ocpp21.VPNType(v.VPN.Type),
		}
	}
	return &ocpp21.SetNetworkProfileRequest{ConfigurationSlot: int(v.Slot), ConnectionData: d}, nil
}

// defaultMessageTimeout is in seconds.
const defaultMessageTimeout = 30

func apnOf(a *fleet.APNArgument) *ocpp21.APN {
	apn := &ocpp21.APN{
		APN: a.APN, APNAuthentication: ocpp21.APNAuthentication(a.Authentication), APNUserName: adapter.OptString(a.User),
		APNPassword: adapter.OptString(a.Password),
	}
	if a.SIMPIN != nil {
		apn.SIMPIN = ocpp.Some(int(*a.SIMPIN))
	}
	return apn
}
