package ocppgen_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// playing lists the messages of a version that play a role.
func playing[Role any](p *ocpp.Protocol) []string {
	var out []string
	for a := range p.Actions() {
		if _, ok := a.NewRequest().(Role); ok {
			out = append(out, a.Name+"Request")
		}
		if a.NewResponse == nil {
			continue
		}
		if _, ok := a.NewResponse().(Role); ok {
			out = append(out, a.Name+"Response")
		}
	}
	return out
}

func TestRolesArePlayedByTheRightMessages(t *testing.T) {
	for _, c := range []struct {
		role           string
		of             func(*ocpp.Protocol) []string
		v16, v201, v21 []string
	}{
		{"BootRequest", playing[ocpp.BootRequest], []string{"BootNotificationRequest"}, []string{"BootNotificationRequest"},
			[]string{"BootNotificationRequest"}},
		{"BootResponse", playing[ocpp.BootResponse], []string{"BootNotificationResponse"},
			[]string{"BootNotificationResponse"}, []string{"BootNotificationResponse"}},
		{"TriggerRequest", playing[ocpp.TriggerRequest], []string{"ExtendedTriggerMessageRequest", "TriggerMessageRequest"},
			[]string{"TriggerMessageRequest"}, []string{"TriggerMessageRequest"}},
		{"TriggerResponse", playing[ocpp.TriggerResponse],
			[]string{"ExtendedTriggerMessageResponse", "TriggerMessageResponse"}, []string{"TriggerMessageResponse"},
			[]string{"TriggerMessageResponse"}},
		{"ReportMessage", playing[ocpp.ReportMessage], nil, []string{"NotifyMonitoringReportRequest", "NotifyReportRequest"},
			[]string{"NotifyMonitoringReportRequest", "NotifyReportRequest"}},
		{"RemoteControl", playing[ocpp.RemoteControl],
			[]string{"RemoteStartTransactionRequest", "RemoteStopTransactionRequest"},
			[]string{"RequestStartTransactionRequest", "RequestStopTransactionRequest"},
			[]string{"RequestStartTransactionRequest", "RequestStopTransactionRequest"}},
		{"DataTransferRequest", playing[ocpp.DataTransferRequest], []string{"DataTransferRequest"},
			[]string{"DataTransferRequest"}, []string{"DataTransferRequest"}},
		{"DataTransferResponse", playing[ocpp.DataTransferResponse], []string{"DataTransferResponse"},
			[]string{"DataTransferResponse"}, []string{"DataTransferResponse"}},
		{"TransactionMessage", playing[ocpp.TransactionMessage],
			[]string{"MeterValuesRequest", "StartTransactionRequest", "StopTransactionRequest"},
			[]string{"TransactionEventRequest"}, []string{"TransactionEventRequest"}},
		{"TransactionStarted", playing[ocpp.TransactionStarted], []string{"StartTransactionResponse"}, nil, nil},
		{"TransactionDependant", playing[ocpp.TransactionDependant],
			[]string{"MeterValuesRequest", "StopTransactionRequest"}, nil, nil},
		{"OfflineMessage", playing[ocpp.OfflineMessage], nil, []string{"TransactionEventRequest"},
			[]string{"TransactionEventRequest"}},
		{"Send", playing[ocpp.Send], nil, nil, []string{"NotifyPeriodicEventStreamRequest"}},
	} {
		for i, want := range [][]string{c.v16, c.v201, c.v21} {
			if got := c.of(protocols[i]); !slices.Equal(got, want) {
				t.Errorf("%s of OCPP %s: got %v, want %v", c.role, protocols[i].Version(), got, want)
			}
		}
	}
}

func TestABootResultIsTheSameInEveryVersion(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	want := ocpp.BootResult{Status: ocpp.BootPending, CurrentTime: at, Interval: 90 * time.Second}
	for _, r := range []ocpp.BootResponse{
		&ocpp16.BootNotificationResponse{Status: ocpp16.RegistrationStatusPending, CurrentTime: ocpp.At(at), Interval: 90},
		&ocpp201.BootNotificationResponse{Status: ocpp201.RegistrationStatusPending, CurrentTime: ocpp.At(at), Interval: 90},
		&ocpp21.BootNotificationResponse{Status: ocpp21.RegistrationStatusPending, CurrentTime: ocpp.At(at), Interval: 90},
	} {
		if got := r.OCPPBootResult(); got != want {
			t.Errorf("got %+v", got)
		}
	}
}

func TestAnIntervalOutOfRangeDoesNotWrapAround(t *testing.T) {
	huge := ocpp16.BootNotificationResponse{Interval: 1 << 62}
	if got := huge.OCPPBootResult().Interval; got != (1<<31-1)*time.Second {
		t.Error("a huge interval became", got)
	}
	if got := (&ocpp16.BootNotificationResponse{Interval: -5}).OCPPBootResult().Interval; got != 0 {
		t.Error("a negative interval became", got)
	}
}

func TestTriggersNameActionsOfTheirVersion(t *testing.T) {
	for value, want := range map[string]string{
		"Heartbeat": "Heartbeat", "SignChargingStationCertificate": "SignCertificate", "SignV2GCertificate": "SignCertificate",
		"SignV2G20Certificate": "SignCertificate", "SignCombinedCertificate": "SignCertificate", "CustomTrigger": "",
	} {
		req := &ocpp21.TriggerMessageRequest{RequestedMessage: ocpp21.MessageTrigger(value)}
		if got := req.OCPPTriggers(); got != want {
			t.Errorf("%s triggers %q", value, got)
		}
	}
	for value, want := range map[string]string{
		"SignChargePointCertificate": "SignCertificate", "FirmwareStatusNotification": "SignedFirmwareStatusNotification",
		"LogStatusNotification": "LogStatusNotification",
	} {
		req := &ocpp16.ExtendedTriggerMessageRequest{RequestedMessage: ocpp16.ExtendedMessageTrigger(value)}
		if got := req.OCPPTriggers(); got != want {
			t.Errorf("%s triggers %q", value, got)
		}
	}
}

// TestEveryTriggerIsAnAction goes through the enumerations, so that a new value cannot be forgotten.
func TestEveryTriggerIsAnAction(t *testing.T) {
	for _, m := range messages(t) {
		f, ok := m.doc.Field("requestedMessage")
		if !ok {
			continue
		}
		for _, value := range f.Enum.Values {
			req := m.make()
			if err := json.Unmarshal([]byte(`{"requestedMessage":"`+value+`"}`), req); err != nil {
				t.Fatal(err)
			}
			named := req.(ocpp.TriggerRequest).OCPPTriggers()
			p := protocols[slices.IndexFunc(protocols, func(p *ocpp.Protocol) bool {
				return p.Version() == req.(interface{ OCPPAction() ocpp.Action }).OCPPAction().Version
			})]
			if _, ok := p.Action(named); !ok && value != "CustomTrigger" {
				t.Errorf("%s: %s triggers %q, which is no action", m.name, value, named)
			}
		}
	}
}

func TestARefusedRemoteControlIsARejectedResponse(t *testing.T) {
	for _, c := range []struct {
		req  ocpp.RemoteControl
		want any
	}{
		{&ocpp16.RemoteStopTransactionRequest{},
			&ocpp16.RemoteStopTransactionResponse{Status: ocpp16.RemoteStartStopStatusRejected}},
		{&ocpp201.RequestStartTransactionRequest{},
			&ocpp201.RequestStartTransactionResponse{Status: ocpp201.RequestStartStopStatusRejected}},
		{&ocpp21.RequestStopTransactionRequest{},
			&ocpp21.RequestStopTransactionResponse{Status: ocpp21.RequestStartStopStatusRejected}},
	} {
		if got := c.req.OCPPRejected(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%T is refused by %#v", c.req, got)
		}
	}
}

func TestDataTransferOf16CarriesAString(t *testing.T) {
	for _, c := range []struct{ in, wire string }{
		{`"text \u00e4"`, `{"vendorId":"v","data":"text ä"}`},
		{`{"a":1}`, `{"vendorId":"v","data":"{\"a\":1}"}`},
		{``, `{"vendorId":"v"}`},
	} {
		var req ocpp16.DataTransferRequest
		var data json.RawMessage
		if c.in != "" {
			data = json.RawMessage(c.in)
		}
		req.SetOCPPDataTransfer(ocpp.DataTransfer{VendorID: "v", Data: data})
		if got := string(req.AppendOCPP(nil)); got != c.wire {
			t.Errorf("%s is sent as %s", c.in, got)
		}
	}
	req := ocpp16.DataTransferRequest{Data: ocpp.Some(`{"a":1}`), MessageID: ocpp.Some("m")}
	got := req.OCPPDataTransfer()
	if string(got.Data) != `"{\"a\":1}"` || got.MessageID.Or("") != "m" {
		t.Errorf("got %+v", got)
	}
	if none := new(ocpp16.DataTransferResponse).OCPPDataTransferResult(); none.Data != nil {
		t.Errorf("absent data became %s", none.Data)
	}
}

func TestDataTransferOf2xCarriesAnyValue(t *testing.T) {
	var resp ocpp21.DataTransferResponse
	resp.SetOCPPDataTransferResult(ocpp.DataTransferResult{Status: ocpp.DataTransferUnknownVendorID, Data: json.RawMessage("[1]")})
	const want = `{"status":"UnknownVendorId","data":[1]}`
	if got := string(resp.AppendOCPP(nil)); got != want {
		t.Errorf("got %s", got)
	}
	if back := resp.OCPPDataTransferResult(); back.Status != ocpp.DataTransferUnknownVendorID || string(back.Data) != "[1]" {
		t.Errorf("got back %+v", back)
	}
}

func TestMeterValuesBelongToATransactionOnlyWithItsID(t *testing.T) {
	var req ocpp16.MeterValuesRequest
	if req.OCPPTransactional() {
		t.Error("without an id it is one")
	}
	req.SetOCPPTransactionID(0)
	if !req.OCPPTransactional() || req.TransactionID != ocpp.Some(int64(0)) {
		t.Error("transaction 0 is not one")
	}
}
