package csms_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// bootYard answers boots with what status says, and reports of 2.0.1.
func bootYard(t *testing.T, o csms.Options, status func() ocpp.BootStatus) *yard {
	y := open(t, o)
	heartbeats(y.srv)
	csms.Handle(y.srv, func(context.Context, *csms.Station, *ocpp16.BootNotificationRequest) (*ocpp16.BootNotificationResponse, error) {
		return &ocpp16.BootNotificationResponse{
			Status: ocpp16.RegistrationStatus(status()), CurrentTime: ocpp.At(time.Unix(0, 0)), Interval: 60,
		}, nil
	})
	csms.Handle(y.srv, func(context.Context, *csms.Station, *ocpp201.BootNotificationRequest) (*ocpp201.BootNotificationResponse, error) {
		return &ocpp201.BootNotificationResponse{
			Status: ocpp201.RegistrationStatus(status()), CurrentTime: ocpp.At(time.Unix(0, 0)), Interval: 60,
		}, nil
	})
	csms.Handle(y.srv, func(context.Context, *csms.Station, *ocpp201.NotifyReportRequest) (*ocpp201.NotifyReportResponse, error) {
		return &ocpp201.NotifyReportResponse{}, nil
	})
	return y
}

func boot16(t *testing.T, p *ocpptest.Peer, status string) {
	t.Helper()
	send(t, p, `[2,"boot","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]`)
	expect(t, p, `[3,"boot",{"status":"`+status+`","currentTime":"1970-01-01T00:00:00Z","interval":60}]`)
}

func boot201(t *testing.T, p *ocpptest.Peer, status string) {
	t.Helper()
	send(t, p, `[2,"boot","BootNotification",{"reason":"PowerUp","chargingStation":{"model":"M","vendorName":"V"}}]`)
	expect(t, p, `[3,"boot",{"currentTime":"1970-01-01T00:00:00Z","interval":60,"status":"`+status+`"}]`)
}

func always(s ocpp.BootStatus) func() ocpp.BootStatus { return func() ocpp.BootStatus { return s } }

func TestR31ReconnectingStationIsServedWithoutABoot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := bootYard(t, csms.Options{}, always(ocpp.BootAccepted))
		p := y.dial("CS-1", ocpp.V16)
		boot16(t, p, "Accepted")
		p.Close()
		synctest.Wait()
		p = y.dial("CS-1", ocpp.V16)
		beat(t, p, "1")
		if s := y.station("CS-1").BootStatus(); s != ocpp.BootAccepted {
			t.Errorf("boot status %q after the reconnect", s)
		}
		beat(t, y.dial("never-seen", ocpp.V16), "1") // booted before this server was started, perhaps
	})
}

func TestR43PendingStationMayOnlySendReportsAndWhatWasTriggered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := bootYard(t, csms.Options{}, always(ocpp.BootPending))
		p := y.dial("CS-1", ocpp.V201)
		boot201(t, p, "Pending")

		send(t, p, `[2,"1","Heartbeat",{}]`)
		expectError(t, p, "1", "SecurityError")
		send(t, p, `[2,"3","Heartbeat",{"nonsense":1}]`) // gated before the schema is looked at
		expectError(t, p, "3", "SecurityError")
		send(t, p, `[2,"4","Bogus",{}]`)
		expectError(t, p, "4", "SecurityError")
		send(t, p, `[2,"5","NotifyReport",{"requestId":1,"generatedAt":"2026-01-02T03:04:05Z","seqNo":0}]`)
		expect(t, p, `[3,"5",{}]`)

		trigger(t, y, p, "Rejected")
		send(t, p, `[2,"6","Heartbeat",{}]`)
		expectError(t, p, "6", "SecurityError")
		trigger(t, y, p, "Accepted")
		beat(t, p, "7")
		boot201(t, p, "Pending") // what was triggered before it is over
		send(t, p, `[2,"8","Heartbeat",{}]`)
		expectError(t, p, "8", "SecurityError")
	})
}

// trigger asks for a heartbeat.
func trigger(t *testing.T, y *yard, p *ocpptest.Peer, status string) {
	t.Helper()
	st := y.station("CS-1")
	done := make(chan error)
	go func() {
		_, err := csms.Call(context.Background(), st,
			&ocpp201.TriggerMessageRequest{RequestedMessage: ocpp201.MessageTriggerHeartbeat})
		done <- err
	}()
	id, _ := readCall(t, p, "TriggerMessage")
	send(t, p, `[3,"`+id+`",{"status":"`+status+`"}]`)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestR43TriggeredMessageMayComeRightBehindTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := bootYard(t, csms.Options{}, always(ocpp.BootPending))
		p := y.dial("CS-1", ocpp.V201)
		boot201(t, p, "Pending")
		st := y.station("CS-1")
		go csms.Call(context.Background(), st, // what matters is the message
			&ocpp201.TriggerMessageRequest{RequestedMessage: ocpp201.MessageTriggerHeartbeat})
		readCall(t, p, "TriggerMessage")
		beat(t, p, "1") // even before the answer
	})
}

func TestR42RejectedStationIsRefusedAndLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := bootYard(t, csms.Options{}, always(ocpp.BootRejected))
		p := y.dial("CS-1", ocpp.V16)
		boot16(t, p, "Rejected")
		send(t, p, `[2,"1","Heartbeat",{}]`)
		expectError(t, p, "1", "SecurityError")
		_, err := csms.Call(t.Context(), y.station("CS-1"), &ocpp16.ResetRequest{Type: ocpp16.ResetTypeSoft})
		if !errors.Is(err, csms.ErrBootRejected) || !ocpp.SafeToRetry(err) || ocpp.Remote(err) || errors.Is(err, net.ErrClosed) {
			t.Errorf("a call: %v", err)
		}
		send(t, p, `[2,"2","NotifyReport",{}]`)
		expectError(t, p, "2", "SecurityError")
		boot16(t, p, "Rejected") // but it may boot
	})
}

func TestR42R43GateBelongsToTheIdentity(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		status := ocpp.BootRejected
		y := bootYard(t, csms.Options{}, func() ocpp.BootStatus { return status })
		p := y.dial("CS-1", ocpp.V16)
		boot16(t, p, "Rejected")
		p.Close()
		synctest.Wait()

		p = y.dial("CS-1", ocpp.V16)
		send(t, p, `[2,"1","Heartbeat",{}]`)
		expectError(t, p, "1", "SecurityError")
		p = y.dial("CS-1", ocpp.V16) // a takeover
		send(t, p, `[2,"1","Heartbeat",{}]`)
		expectError(t, p, "1", "SecurityError")
		beat(t, y.dial("CS-2", ocpp.V16), "1") // the neighbour is served

		status = ocpp.BootAccepted
		boot16(t, p, "Accepted")
		beat(t, p, "2")
	})
}

// savedBootStates keeps boot statuses in a map.
type savedBootStates struct {
	mu     sync.Mutex
	status map[string]ocpp.BootStatus
	saves  int
	fail   error
}

func (b *savedBootStates) LoadBoot(_ context.Context, id string) (ocpp.BootStatus, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.status[id], nil
}

func (b *savedBootStates) SaveBoot(_ context.Context, id string, s ocpp.BootStatus) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil {
		return b.fail
	}
	b.saves++
	b.status[id] = s
	return nil
}

func TestR43BootStatusComesFromItsStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		states := &savedBootStates{status: map[string]ocpp.BootStatus{"CS-1": ocpp.BootPending}}
		y := bootYard(t, csms.Options{BootStates: states}, always(ocpp.BootAccepted))
		p := y.dial("CS-1", ocpp.V16)
		send(t, p, `[2,"1","Heartbeat",{}]`)
		expectError(t, p, "1", "SecurityError")
		boot16(t, p, "Accepted")
		boot16(t, p, "Accepted")
		beat(t, p, "2")
		if states.saves != 1 || states.status["CS-1"] != ocpp.BootAccepted {
			t.Errorf("%d saves, %v", states.saves, states.status)
		}
		states.fail = errBroken
		p = y.dial("CS-2", ocpp.V16)
		send(t, p, `[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]`)
		expectError(t, p, "1", "InternalError")
		if s := y.station("CS-2").BootStatus(); s != "" {
			t.Errorf("boot status %q although it could not be saved", s)
		}
	})
}

func TestR12RetryOnTheNextConnectionGetsTheSameAnswer(t *testing.T) {
	const start = `[2,"17","StartTransaction",{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2026-01-02T03:04:05Z"}]`
	for name, reconnect := range map[string]func(*ocpptest.Peer){
		"after a close":   func(p *ocpptest.Peer) { p.Close(); synctest.Wait() },
		"over a takeover": func(*ocpptest.Peer) {},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				y := open(t, csms.Options{})
				started := 0
				csms.Handle(y.srv, func(context.Context, *csms.Station, *ocpp16.StartTransactionRequest) (*ocpp16.StartTransactionResponse, error) {
					started++
					return &ocpp16.StartTransactionResponse{
						TransactionID: int64(started), IDTagInfo: ocpp16.IDTagInfo{Status: ocpp16.AuthorizationStatusAccepted},
					}, nil
				})
				p := y.dial("CS-1", ocpp.V16)
				send(t, p, start)
				answer := read(t, p)
				reconnect(p)
				p = y.dial("CS-1", ocpp.V16)
				send(t, p, start)
				expect(t, p, answer)
				if started != 1 {
					t.Errorf("the transaction was started %d times", started)
				}
				other := y.dial("CS-2", ocpp.V16) // whose counter is at 17, too
				send(t, other, start)
				if got := read(t, other); got == answer || started != 2 {
					t.Errorf("another station got %s", got)
				}
			})
		})
	}
}

func TestRememberBoundsWhatIsKeptOfIdentitiesThatAreGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := bootYard(t, csms.Options{Remember: 64}, always(ocpp.BootRejected))
		for i := range 500 {
			p := y.dial(fmt.Sprint("CS-", i), ocpp.V16)
			boot16(t, p, "Rejected")
			p.Close()
		}
		synctest.Wait()
		if open, remembered := csms.Lanes(y.srv); open != 0 || remembered > 64 || remembered < 32 {
			t.Errorf("%d open, %d remembered", open, remembered)
		}
		p := y.dial("CS-499", ocpp.V16) // the last one is remembered
		send(t, p, `[2,"1","Heartbeat",{}]`)
		expectError(t, p, "1", "SecurityError")
	})
}
