package httpapi_test

import (
	"errors"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// deviceRig is an API on a store with one of each.
func deviceRig(t *testing.T) *rig {
	t.Helper()
	r := newRig(t)
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	r.store.stations["A"] = fleet.StationDetail{Station: fleet.Station{ID: "A"}}
	place := fleet.Setting{Component: "EVSE", ComponentInstance: "i", EVSE: 1, Connector: 2, Variable: "Power", VariableInstance: "j"}
	r.store.devices = fakeDevices{
		variables: []fleet.Variable{
			{Setting: fleet.Setting{Variable: "HeartbeatInterval"}, Attribute: "Actual", Value: new(""), Source: "GetConfiguration"},
			{
				Setting: place, Attribute: "MaxSet", Value: new("11"), Mutability: "ReadOnly", Persistent: new(true), Constant: new(false), DataType: "decimal",
				Unit: "W", MinLimit: "0.50", MaxLimit: "22", MaxElements: new(int64(2)), ValuesList: "a,b", SupportsMonitoring: new(true), Source: "NotifyReport",
				Time: now, Received: now,
			},
			{Setting: fleet.Setting{Component: "SecurityCtrlr", Variable: "BasicAuthPassword"}, Value: new(fleet.Hidden)},
		},
		monitors: []fleet.Monitor{{ID: 9, Setting: place, Type: "Delta", Value: "1.50", Severity: 0, Received: now}},
		monitoring: []fleet.MonitoringEvent{
			{Number: 3, Station: "A", EventID: 1, Setting: place, Trigger: "Alerting", Value: "80", Severity: new(0), Cleared: new(false), Cause: new(int64(0)), Received: now, Time: now},
			{Number: 2, Station: "A", Setting: fleet.Setting{Component: "X", Variable: "VpnKey"}, Trigger: "Delta", Value: fleet.Hidden},
		},
		security: []fleet.SecurityEvent{{Number: 5, SecurityReported: fleet.SecurityReported{Station: "A", Type: "x", Critical: true, TechInfo: "i", Received: now}}},
		jobs: []fleet.JobDetail{{
			Job:     fleet.Job{Number: 7, Station: "A", Kind: fleet.JobLog, Status: "Uploaded", Outcome: fleet.JobDone, RequestID: new(int64(0)), BegunAt: now, Steps: 1},
			History: []fleet.JobStep{{Status: "Uploaded", Received: now}},
		}},
		reports:      []fleet.Report{{Number: 1, Station: "A", Kind: fleet.ReportVariables, RequestID: 4, Parts: 2, Missing: 1, Ended: true, BegunAt: now}},
		certificates: []fleet.CertificateRequest{{Number: 1, Station: "A", Wish: fleet.WishSign, Status: "Rejected", Subject: "CN=A", KeyBits: 256, Times: 2, FirstAsked: now}},
		messages: []fleet.DisplayMessage{{
			Station: "A", ID: 1, Priority: "AlwaysFront", Texts: []fleet.DisplayText{{Format: "UTF8", Content: "x"}}, Display: fleet.Setting{Component: "D", EVSE: 1},
			StartsAt: now,
		}},
		customers: []fleet.CustomerInformation{{Report: fleet.Report{Number: 8, Station: "A", Kind: fleet.ReportCustomer}, Text: "secret"}},
		answers: []fleet.DeviceAnswer{
			{Number: 4, Station: "A", Action: "SetVariables", Setting: place, Attribute: "Actual", Value: "1", Status: "Rejected", Reason: "ReadOnly", Info: "i", Received: now},
			{Number: 3, Station: "A", Action: "SetMonitoringBase", Value: fleet.Hidden, Status: "Accepted"},
		},
		installed: []fleet.InstalledCertificate{
			{Number: 1, Station: "A", Use: "CSMSRootCertificate", CertificateHash: fleet.CertificateHash{Algorithm: "SHA256", IssuerNameHash: "a", IssuerKeyHash: "b", SerialNumber: "c"}, Listed: now},
			{Number: 2, Station: "A", Use: "CSMSRootCertificate", Subject: "CN=x", Fingerprint: "f", NotAfter: now, InstalledAt: now},
		},
		profiles:     []fleet.NetworkProfile{{Station: "A", Slot: 1, URL: "wss://x", APN: "a", VPN: "v", Set: now}, {Slot: 2}},
		monitoringAs: fleet.Monitoring{Base: "All", BaseAt: now, Level: new(0)},
		kept:         []fleet.Kept{{List: fleet.KeptVariables, Kept: 3, Limit: 3, Dropped: 1}},
	}
	return r
}

// devicePaths are all lists of what stations say about themselves.
var devicePaths = map[string]string{
	"/stations/A/variables": "ListVariable", "/stations/A/monitors": "ListMonitor", "/stations/A/reports": "ListReport",
	"/stations/A/display-messages": "ListDisplayMessage", "/stations/A/customer-information": "ListCustomerInformation",
	"/security-events": "ListSecurityEvent", "/monitoring-events": "ListMonitoringEvent", "/jobs": "ListJob",
	"/certificate-requests": "ListCertificateRequest", "/device-answers": "ListDeviceAnswer", "/certificates": "ListInstalledCertificate",
	"/stations/A/meter-values": "ListMeterValues",
}

func TestDeviceListsAreAsDescribed(t *testing.T) {
	r := deviceRig(t)
	schema := schemas(t, r)
	for path, name := range devicePaths {
		got := r.do(http.MethodGet, "/api/v1"+path, "", http.StatusOK)
		if err := schema(name).Validate(got); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if len(got["items"].([]any)) == 0 {
			t.Errorf("%s: nothing", path)
		}
	}
	for path, name := range map[string]string{"/jobs/7": "JobDetail", "/stations/A/kept": "KeptLists", "/stations/A/monitoring": "Monitoring", "/stations/A/network-profiles": "ListNetworkProfile"} {
		if err := schema(name).Validate(r.do(http.MethodGet, "/api/v1"+path, "", http.StatusOK)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestDeviceListsRefuseBadInput(t *testing.T) {
	r := deviceRig(t)
	for path := range devicePaths {
		for query, parameter := range map[string]string{
			"?limit=0": "limit", "?limit=1001": "limit", "?limit=x": "limit", "?cursor=x": "cursor", "?nonsense=1": "nonsense",
		} {
			status := http.StatusUnprocessableEntity
			if parameter == "cursor" {
				status = http.StatusBadRequest
			}
			if got := firstFault(t, r.do(http.MethodGet, "/api/v1"+path+query, "", status)); got != parameter {
				t.Errorf("%s%s: fault at %q", path, query, got)
			}
		}
	}
	for path, parameter := range map[string]string{
		"/stations/A/variables?attribute=x": "attribute", "/stations/A/variables?mutability=x": "mutability", "/stations/A/variables?evse=-1": "evse",
		"/stations/A/monitors?severity=10": "severity", "/stations/A/reports?kind=x": "kind", "/security-events?critical=1": "critical",
		"/security-events?since=today": "since", "/monitoring-events?trigger=x": "trigger", "/monitoring-events?severity=x": "severity",
		"/monitoring-events?evse=x": "evse", "/monitoring-events?until=1": "until", "/jobs?kind=x": "kind", "/jobs?outcome=x": "outcome",
		"/jobs?requestId=x": "requestId", "/certificate-requests?wish=x": "wish", "/jobs/0": "number", "/device-answers?took=1": "took", "/stations/A/reports?requestId=x": "requestId", "/device-answers?evse=x": "evse", "/certificates?serial=g": "serial",
		"/certificates?fingerprint=ab": "fingerprint", "/jobs/x": "number", "/stations/A/meter-values?evse=x": "evse",
		"/stations/A/meter-values?connector=-1": "connector", "/stations/A/meter-values?until=x": "until",
	} {
		if got := firstFault(t, r.do(http.MethodGet, "/api/v1"+path, "", http.StatusUnprocessableEntity)); got != parameter {
			t.Errorf("%s: fault at %q", path, got)
		}
	}
	for _, path := range []string{
		"/stations/B/variables", "/stations/B/monitors", "/stations/B/reports", "/stations/B/display-messages", "/stations/B/customer-information",
		"/stations/B/kept", "/stations/B/monitoring", "/stations/B/network-profiles", "/jobs/99", "/stations/B/meter-values",
	} {
		r.do(http.MethodGet, "/api/v1"+path, "", http.StatusNotFound)
	}
	for path, status := range map[string]int{
		"/stations/A/customer-information/99": 404, "/stations/B/customer-information/8": 404, "/stations/A/customer-information/x": 422,
		"/stations/A/customer-information/0": 422,
	} {
		r.do(http.MethodDelete, "/api/v1"+path, "", status)
	}
	if r.store.devices.customers[0].Text == "" {
		t.Error("something was deleted")
	}
	r.store.err = errors.New("secret reason")
	for path := range devicePaths {
		if p := r.do(http.MethodGet, "/api/v1"+path, "", http.StatusInternalServerError); p["detail"] == "secret reason" {
			t.Errorf("%s: %v", path, p)
		}
	}
}

func TestDeviceFiltersReachTheStore(t *testing.T) {
	r := deviceRig(t)
	since, until := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	about := store.SettingQuery{Component: "c", Variable: "v", EVSE: new(0)}
	arrival := store.Arrival{Station: "A", Limit: 5, Since: since, Until: until}
	const when = "?station=A&limit=5&since=2026-05-01T00:00:00Z&until=2026-06-01T00:00:00Z"
	for path, want := range map[string]any{
		"/stations/A/variables?limit=5&component=c&variable=v&evse=0&attribute=Target&mutability=WriteOnly": store.VariableQuery{
			SettingQuery: about, Station: "A", Limit: 5, Attribute: "Target", Mutability: "WriteOnly",
		},
		"/stations/A/monitors?limit=5&component=c&variable=v&evse=0&severity=0": store.MonitorQuery{SettingQuery: about, Station: "A", Limit: 5, Severity: new(0)},
		"/stations/A/display-messages?limit=5&transaction=T":                    store.DisplayMessageQuery{Station: "A", Limit: 5, TransactionID: "T"},
		"/stations/A/reports?limit=5&kind=monitors":                             store.ReportQuery{Station: "A", Limit: 5, Kind: fleet.ReportMonitors},
		"/stations/A/customer-information?limit=5":                              store.CustomerQuery{Station: "A", Limit: 5},
		"/security-events" + when + "&type=x&critical=false":                    store.SecurityEventQuery{Arrival: arrival, Type: "x", Critical: new(false)},
		"/monitoring-events" + when + "&component=c&variable=v&evse=0&trigger=Delta&severity=9&transaction=T": store.MonitoringEventQuery{
			SettingQuery: about, Arrival: arrival, Trigger: "Delta", Severity: new(9), TransactionID: "T",
		},
		"/jobs?station=A&limit=5&kind=log&outcome=failed&requestId=-1": store.JobQuery{
			Station: "A", Limit: 5, Kind: fleet.JobLog, Outcome: fleet.JobFailed, RequestID: new(int64(-1)),
		},
		"/certificate-requests?station=A&limit=5&wish=chain": store.CertificateQuery{Station: "A", Limit: 5, Wish: fleet.WishChain},
	} {
		r.do(http.MethodGet, "/api/v1"+path, "", http.StatusOK)
		if !reflect.DeepEqual(r.store.asked, want) {
			t.Errorf("%s asked for %+v", path, r.store.asked)
		}
	}
}

func TestSecretsOfSettingsAreNotShown(t *testing.T) {
	r := deviceRig(t)
	item := func(path string, i int) map[string]any {
		return r.do(http.MethodGet, "/api/v1"+path, "", http.StatusOK)["items"].([]any)[i].(map[string]any)
	}
	if v := item("/stations/A/variables", 2); v["value"] != nil || v["hidden"] != true {
		t.Errorf("a secret: %v", v)
	}
	if v := item("/stations/A/variables", 0); v["value"] != "" || v["hidden"] != false || v["component"] != nil {
		t.Errorf("an empty key of 1.6: %v", v)
	}
	if v := item("/stations/A/variables", 1); v["minLimit"] != 0.5 || v["evse"] != 1.0 || v["supportsMonitoring"] != true {
		t.Errorf("a variable: %v", v)
	}
	if v := item("/monitoring-events", 1); v["value"] != nil {
		t.Errorf("a secret: %v", v)
	}
	if v := item("/monitoring-events", 0); v["severity"] != 0.0 || v["cleared"] != false || v["cause"] != 0.0 || v["value"] != "80" {
		t.Errorf("an event: %v", v)
	}
	if v := item("/jobs", 0); v["requestId"] != 0.0 {
		t.Errorf("a job: %v", v)
	}
	r.do(http.MethodDelete, "/api/v1/stations/A/customer-information/8", "", http.StatusNoContent)
	if v := item("/stations/A/customer-information", 0); v["text"] != "" {
		t.Errorf("deleted: %v", v)
	}
}

// deviceOperations are the operations about what stations say of themselves.
var deviceOperations = []string{
	"get /api/v1/stations/{id}/variables", "get /api/v1/stations/{id}/meter-values", "get /api/v1/stations/{id}/monitors", "get /api/v1/stations/{id}/reports",
	"get /api/v1/stations/{id}/display-messages", "get /api/v1/stations/{id}/customer-information", "get /api/v1/stations/{id}/kept",
	"delete /api/v1/stations/{id}/customer-information/{number}", "get /api/v1/security-events", "get /api/v1/monitoring-events",
	"get /api/v1/jobs", "get /api/v1/jobs/{number}", "get /api/v1/certificate-requests",
	"get /api/v1/device-answers", "get /api/v1/certificates", "get /api/v1/stations/{id}/network-profiles", "get /api/v1/stations/{id}/monitoring",
	"get /api/v1/vehicle-plans", "get /api/v1/installed-profiles", "get /api/v1/stations/{id}/installed-profiles", "get /api/v1/stations/{id}/composite-schedules",
	"get /api/v1/local-lists", "get /api/v1/stations/{id}/local-list",
	"get /api/v1/stations/{id}/desired", "put /api/v1/stations/{id}/desired", "delete /api/v1/stations/{id}/desired", "post /api/v1/stations/{id}/apply-desired",
	"put /api/v1/desired", "get /api/v1/stations/{id}/credential", "post /api/v1/stations/{id}/credential/rotate", "get /api/v1/drift", "get /api/v1/drift/summary",
}
