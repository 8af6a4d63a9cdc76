package httpapi_test

import (
	"context"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// fakeDevices answers from fields.
type fakeDevices struct {
	variables    []fleet.Variable
	monitors     []fleet.Monitor
	monitoring   []fleet.MonitoringEvent
	security     []fleet.SecurityEvent
	jobs         []fleet.JobDetail
	reports      []fleet.Report
	certificates []fleet.CertificateRequest
	messages     []fleet.DisplayMessage
	customers    []fleet.CustomerInformation
	kept         []fleet.Kept
	answers      []fleet.DeviceAnswer
	installed    []fleet.InstalledCertificate
	profiles     []fleet.NetworkProfile
	monitoringAs fleet.Monitoring
	desired      []fleet.DesiredValue
}

// pageOf is a page with everything, or an error for a cursor that is none.
func pageOf[T any](f *fakeStore, q any, cursor string, items []T) (store.Page[T], error) {
	f.asked = q
	if cursor != "" {
		return store.Page[T]{}, store.ErrCursor
	}
	return store.Page[T]{Items: items}, f.err
}

func (f *fakeStore) ListVariables(_ context.Context, q store.VariableQuery) (store.Page[fleet.Variable], error) {
	return pageOf(f, q, q.Cursor, f.devices.variables)
}

func (f *fakeStore) ListMonitors(_ context.Context, q store.MonitorQuery) (store.Page[fleet.Monitor], error) {
	return pageOf(f, q, q.Cursor, f.devices.monitors)
}

func (f *fakeStore) ListMonitoringEvents(_ context.Context, q store.MonitoringEventQuery) (store.Page[fleet.MonitoringEvent], error) {
	return pageOf(f, q, q.Cursor, f.devices.monitoring)
}

func (f *fakeStore) ListSecurityEvents(_ context.Context, q store.SecurityEventQuery) (store.Page[fleet.SecurityEvent], error) {
	return pageOf(f, q, q.Cursor, f.devices.security)
}

func (f *fakeStore) ListJobs(_ context.Context, q store.JobQuery) (store.Page[fleet.Job], error) {
	var jobs []fleet.Job
	for _, j := range f.devices.jobs {
		jobs = append(jobs, j.Job)
	}
	return pageOf(f, q, q.Cursor, jobs)
}

func (f *fakeStore) Job(_ context.Context, number int64) (fleet.JobDetail, error) {
	for _, j := range f.devices.jobs {
		if j.Number == number {
			return j, f.err
		}
	}
	return fleet.JobDetail{}, store.ErrNotFound
}

func (f *fakeStore) ListReports(_ context.Context, q store.ReportQuery) (store.Page[fleet.Report], error) {
	return pageOf(f, q, q.Cursor, f.devices.reports)
}

func (f *fakeStore) ListCertificateRequests(_ context.Context, q store.CertificateQuery) (store.Page[fleet.CertificateRequest], error) {
	return pageOf(f, q, q.Cursor, f.devices.certificates)
}

func (f *fakeStore) ListDisplayMessages(_ context.Context, q store.DisplayMessageQuery) (store.Page[fleet.DisplayMessage], error) {
	return pageOf(f, q, q.Cursor, f.devices.messages)
}

func (f *fakeStore) ListCustomerInformation(_ context.Context, q store.CustomerQuery) (store.Page[fleet.CustomerInformation], error) {
	return pageOf(f, q, q.Cursor, f.devices.customers)
}

func (f *fakeStore) DeleteCustomerInformation(_ context.Context, station string, number int64) error {
	for i, c := range f.devices.customers {
		if c.Station == station && c.Number == number {
			f.devices.customers[i].Text = ""
			return f.err
		}
	}
	return store.ErrNotFound
}

func (f *fakeStore) Kept(context.Context, string) ([]fleet.Kept, error) { return f.devices.kept, f.err }

func (f *fakeStore) ListDeviceAnswers(_ context.Context, q store.DeviceAnswerQuery) (store.Page[fleet.DeviceAnswer], error) {
	return pageOf(f, q, q.Cursor, f.devices.answers)
}

func (f *fakeStore) ListInstalledCertificates(_ context.Context, q store.InstalledCertificateQuery) (store.Page[fleet.InstalledCertificate], error) {
	return pageOf(f, q, q.Cursor, f.devices.installed)
}

func (f *fakeStore) NetworkProfiles(context.Context, string) ([]fleet.NetworkProfile, error) {
	return f.devices.profiles, f.err
}

func (f *fakeStore) Monitoring(context.Context, string) (fleet.Monitoring, error) {
	return f.devices.monitoringAs, f.err
}
