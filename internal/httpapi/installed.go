package httpapi

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// InstalledCertificate is a certificate that is installed in a station.
type InstalledCertificate struct {
	Number         int64      `json:"number" doc:"Of this entry" example:"17"`
	Station        string     `json:"station" example:"CP-001"`
	Use            string     `json:"use" doc:"What for, in the word of the station's version; OCPP 1.6 says CentralSystemRootCertificate for CSMSRootCertificate" example:"CSMSRootCertificate"`
	HashAlgorithm  *string    `json:"hashAlgorithm" doc:"null: the station has listed it never" example:"SHA256"`
	IssuerNameHash *string    `json:"issuerNameHash"`
	IssuerKeyHash  *string    `json:"issuerKeyHash"`
	SerialNumber   *string    `json:"serialNumber" doc:"In hexadecimal; null: not known" example:"4f2a"`
	ParentSerial   *string    `json:"parentSerial" doc:"Serial number of the one above it in its chain; null: it is the first"`
	Subject        *string    `json:"subject" doc:"null: it was not installed from here" example:"CN=Root,O=Example"`
	Fingerprint    *string    `json:"fingerprint" doc:"SHA-256 of the certificate in hexadecimal; null: it was not installed from here"`
	NotAfter       *time.Time `json:"notAfter" doc:"null: it was not installed from here"`
	InstalledAt    *time.Time `json:"installedAt" doc:"When the station accepted it from here; null: it did not"`
	ListedAt       *time.Time `json:"listedAt" doc:"When a list of the station had it last; null: none did"`
}

// NetworkProfile is how a station connects to a CSMS.
type NetworkProfile struct {
	Slot            int64      `json:"slot" example:"1"`
	Version         *string    `json:"version" doc:"Of OCPP, in the word of the station's version" example:"OCPP20"`
	Transport       string     `json:"transport" example:"JSON"`
	URL             string     `json:"url" doc:"Of the CSMS, without user and password" example:"wss://csms.example/ocpp"`
	MessageTimeout  int64      `json:"messageTimeout" doc:"Seconds" example:"30"`
	SecurityProfile int64      `json:"securityProfile" example:"2"`
	Interface       string     `json:"interface" example:"Wired0"`
	Identity        *string    `json:"identity" doc:"In that CSMS (OCPP 2.1)"`
	Password        bool       `json:"password" doc:"One goes with it (OCPP 2.1); it is not kept"`
	APN             *string    `json:"apn" doc:"Of the mobile network"`
	APNUser         *string    `json:"apnUser"`
	VPN             *string    `json:"vpn" doc:"Server"`
	VPNType         *string    `json:"vpnType" example:"IKEv2"`
	VPNUser         *string    `json:"vpnUser"`
	SetAt           *time.Time `json:"setAt" doc:"When the station accepted it"`
}

type installedInput struct {
	PageQuery
	Station     string `query:"station" maxLength:"255" doc:"Only those of one station"`
	Use         string `query:"use" maxLength:"64" doc:"Only those for this use" example:"CSMSRootCertificate"`
	Serial      string `query:"serial" maxLength:"255" pattern:"^[0-9A-Fa-f]+$" patternDescription:"hexadecimal number" doc:"Only those with this serial number"`
	Fingerprint string `query:"fingerprint" minLength:"64" maxLength:"64" pattern:"^[0-9A-Fa-f]+$" patternDescription:"SHA-256 in hexadecimal" doc:"Only those with this SHA-256"`
}

func (a *api) listInstalled(ctx context.Context, in *installedInput) (*answer[List[InstalledCertificate]], error) {
	p, err := a.o.Store.ListInstalledCertificates(ctx, store.InstalledCertificateQuery{
		Station: in.Station, Cursor: in.Cursor, Limit: in.Limit, Use: in.Use, Serial: in.Serial, Fingerprint: in.Fingerprint,
	})
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewInstalled), nil
}

func viewInstalled(c fleet.InstalledCertificate) InstalledCertificate {
	return InstalledCertificate{
		Number: c.Number, Station: c.Station, Use: c.Use, HashAlgorithm: orNull(c.Algorithm), IssuerNameHash: orNull(c.IssuerNameHash),
		IssuerKeyHash: orNull(c.IssuerKeyHash), SerialNumber: orNull(c.SerialNumber), ParentSerial: orNull(c.ParentSerial),
		Subject: orNull(c.Subject), Fingerprint: orNull(c.Fingerprint), NotAfter: instant(c.NotAfter), InstalledAt: instant(c.InstalledAt),
		ListedAt: instant(c.Listed),
	}
}

func (a *api) listNetworkProfiles(ctx context.Context, in *stationInput) (*answer[List[NetworkProfile]], error) {
	if err := a.knows(ctx, in.ID); err != nil {
		return nil, err
	}
	profiles, err := a.o.Store.NetworkProfiles(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return viewPage(store.Page[fleet.NetworkProfile]{Items: profiles}, viewNetworkProfile), nil
}

func viewNetworkProfile(p fleet.NetworkProfile) NetworkProfile {
	return NetworkProfile{
		Slot: p.Slot, Version: orNull(p.Version), Transport: p.Transport, URL: p.URL, MessageTimeout: p.MessageTimeout,
		SecurityProfile: p.SecurityProfile, Interface: p.Interface, Identity: orNull(p.Identity), Password: p.Password, APN: orNull(p.APN),
		APNUser: orNull(p.APNUser), VPN: orNull(p.VPN), VPNType: orNull(p.VPNType), VPNUser: orNull(p.VPNUser), SetAt: instant(p.Set),
	}
}
