package station_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/station"
)

// bootAnswers answers boots one after the other, the last one for ever, and everything else as usual.
func bootAnswers(list ...string) func(*peer, call) string {
	return func(_ *peer, c call) string {
		if c.action != "BootNotification" {
			return defaultAnswer(c)
		}
		a := list[0]
		if len(list) > 1 {
			list = list[1:]
		}
		return a
	}
}

func startTransaction() *ocpp16.StartTransactionRequest {
	return &ocpp16.StartTransactionRequest{ConnectorID: 1, IDTag: "04A1", Timestamp: ocpp.At(time.Now())}
}

func TestR31NoSecondBootAfterAReconnect(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		o := f.options()
		model := "M"
		o.Boot = func(ocpp.Version) any {
			return &ocpp16.BootNotificationRequest{ChargePointVendor: "V", ChargePointModel: model}
		}
		c := f.started(o)
		f.expect("0s connected ocpp1.6", "0s BootNotification")
		f.last().Close()
		time.Sleep(10 * time.Second)
		f.expect("0s lost", "10s connected ocpp1.6")
		if _, err := station.Call(t.Context(), c, &ocpp16.AuthorizeRequest{IDTag: "04A1"}); err != nil {
			t.Errorf("a call after the reconnect: %v", err)
		}
		model = "M2"
		f.last().Close()
		time.Sleep(10 * time.Second)
		f.expect("10s Authorize", "10s lost", "20s connected ocpp1.6", "20s BootNotification")
		f.last().Close()
		time.Sleep(10 * time.Second)
		f.expect("20s lost", "30s connected ocpp1.6")
	})
}

func TestR31ANewVersionBootsAgain(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		versions := []string{"ocpp2.0.1", "ocpp2.1"} // whose boots look the same
		f.choose = func([]string) string { return versions[len(f.peers)] }
		o := f.options()
		o.Protocols = allVersions()
		f.started(o)
		f.last().Close()
		time.Sleep(10 * time.Second)
		f.expect("0s connected ocpp2.0.1", "0s BootNotification", "0s lost", "10s connected ocpp2.1", "10s BootNotification")
	})
}

func TestR40NothingIsSentBeforeTheBootIsAccepted(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		f.answer = func(*peer, call) string { return "-" }
		c := f.client(f.options())
		if err := station.Enqueue(c, startTransaction(), "tx", nil); err != nil {
			t.Fatal(err)
		}
		f.run(c)
		f.expect("0s connected ocpp1.6", "0s BootNotification")
		ctx, cancel := context.WithTimeout(t.Context(), 29*time.Second)
		defer cancel()
		if _, err := station.Call(ctx, c, &ocpp16.AuthorizeRequest{IDTag: "04A1"}); err == nil {
			t.Error("a call went through")
		}
		// No answer for 30 s is no boot; our own back-off is the wait before the next one.
		time.Sleep(11 * time.Second)
		_, err := station.Call(t.Context(), c, &ocpp16.AuthorizeRequest{IDTag: "04A1"})
		if !errors.Is(err, station.ErrNotAccepted) && err == nil {
			t.Errorf("got %v", err)
		}
		f.expect("40s BootNotification")
	})
}

func TestR40CallsOutsideOfABootAreRefusedAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		f.answer = bootAnswers(booted("Rejected", 60))
		c := f.started(f.options())
		f.expect("0s connected ocpp1.6", "0s BootNotification")
		_, err := station.Call(t.Context(), c, &ocpp16.AuthorizeRequest{IDTag: "04A1"})
		if !errors.Is(err, station.ErrNotAccepted) || !ocpp.SafeToRetry(err) {
			t.Errorf("got %v, want ErrNotAccepted, safe to retry", err)
		}
		f.expect()
	})
}

func TestR40IntervalIsTheWaitBeforeTheNextBoot(t *testing.T) {
	for _, status := range []string{"Pending", "Rejected"} {
		t.Run(status, func(t *testing.T) {
			bubble(t, func(t *testing.T, f *fakeCSMS) {
				f.answer = bootAnswers(booted(status, 90), booted(status, 0), booted(status, 0), booted("Accepted", 100))
				c := f.client(f.options())
				if err := station.Enqueue(c, startTransaction(), "", nil); err != nil {
					t.Fatal(err)
				}
				f.run(c)
				time.Sleep(220 * time.Second)
				// 90 s as told; then 10 s and 20 s of our own
				f.expect("0s connected ocpp1.6", "0s BootNotification", "1m30s BootNotification", "1m40s BootNotification",
					"2m0s BootNotification", "2m0s StartTransaction", "3m40s Heartbeat")
				if c.HeartbeatInterval() != 100*time.Second {
					t.Errorf("the heartbeat interval is %v", c.HeartbeatInterval())
				}
			})
		})
	}
}

func TestR40TheWaitBeforeTheNextBootOutlivesTheConnection(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		f.answer = bootAnswers(booted("Rejected", 90), booted("Accepted", 3600))
		f.started(f.options())
		f.last().Close()
		time.Sleep(100 * time.Second)
		f.expect("0s connected ocpp1.6", "0s BootNotification", "0s lost", "10s connected ocpp1.6", "1m30s BootNotification")
	})
}

func TestR41PendingAnswersAndSendsNothingOfItsOwn(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		f.answer = bootAnswers(booted("Pending", 600))
		c := f.client(f.options())
		if err := station.Enqueue(c, startTransaction(), "", nil); err != nil {
			t.Fatal(err)
		}
		station.Handle(c, func(context.Context, *ocpp16.GetConfigurationRequest) (*ocpp16.GetConfigurationResponse, error) {
			return &ocpp16.GetConfigurationResponse{}, nil
		})
		station.Handle(c, func(context.Context, *ocpp16.RemoteStartTransactionRequest) (*ocpp16.RemoteStartTransactionResponse, error) {
			t.Error("a remote start reached its handler")
			return nil, errors.New("no")
		})
		f.run(c)
		f.last().SendText(`[2,"1","GetConfiguration",{}]`)
		f.last().SendText(`[2,"2","RemoteStartTransaction",{"idTag":"04A1"}]`)
		f.last().SendText(`[2,"3","Reset",{"type":"Soft"}]`)
		time.Sleep(590 * time.Second)
		lines := f.lines()
		f.same(without(lines, "NotSupported"), "0s connected ocpp1.6", "0s BootNotification", `0s answer 3 "1" {}`,
			`0s answer 3 "2" {"status":"Rejected"}`)
		if len(lines) != 5 {
			t.Error("what has no handler was not answered")
		}
	})
}

func TestR41ATriggerLetsThroughWhatItAskedFor(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		f.answer = bootAnswers(booted("Pending", 600))
		c := f.client(f.options())
		accept := ocpp16.TriggerMessageStatusAccepted
		station.Handle(c, func(ctx context.Context, req *ocpp16.TriggerMessageRequest) (*ocpp16.TriggerMessageResponse, error) {
			return &ocpp16.TriggerMessageResponse{Status: accept}, nil
		})
		f.run(c)
		status := &ocpp16.StatusNotificationRequest{
			ConnectorID: 1, ErrorCode: ocpp16.ChargePointErrorCodeNoError, Status: ocpp16.ChargePointStatusAvailable,
		}
		send := func(want error) {
			t.Helper()
			_, err := station.Call(t.Context(), c, status)
			if !errors.Is(err, want) {
				t.Errorf("got %v, want %v", err, want)
			}
		}
		f.last()
		send(station.ErrNotAccepted)
		accept = ocpp16.TriggerMessageStatusRejected
		f.last().SendText(`[2,"1","TriggerMessage",{"requestedMessage":"StatusNotification"}]`)
		f.last()
		send(station.ErrNotAccepted)
		accept = ocpp16.TriggerMessageStatusAccepted
		f.last().SendText(`[2,"2","TriggerMessage",{"requestedMessage":"StatusNotification"}]`)
		f.last()
		send(nil)
		if _, err := station.Call(t.Context(), c, &ocpp16.HeartbeatRequest{}); !errors.Is(err, station.ErrNotAccepted) {
			t.Errorf("what was not asked for: got %v", err)
		}
		f.expect("0s connected ocpp1.6", "0s BootNotification", `0s answer 3 "1" {"status":"Rejected"}`,
			`0s answer 3 "2" {"status":"Accepted"}`, "0s StatusNotification")
	})
}

func TestR41ReportsGoOutWhilePending(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		f.answer = bootAnswers(booted("Pending", 600))
		o := f.options()
		o.Protocols = allVersions()[1:]
		c := f.started(o)
		f.last()
		_, err := station.Call(t.Context(), c, &ocpp201.NotifyReportRequest{RequestID: 1, GeneratedAt: ocpp.At(time.Now())})
		if err != nil {
			t.Error(err)
		}
		f.expect("0s connected ocpp2.0.1", "0s BootNotification", "0s NotifyReport")
	})
}

func TestR42RejectedSendsNothingAndRefusesEverything(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		f.answer = bootAnswers(booted("Rejected", 600))
		c := f.client(f.options())
		if err := station.Enqueue(c, startTransaction(), "", nil); err != nil {
			t.Fatal(err)
		}
		station.Handle(c, func(context.Context, *ocpp16.ResetRequest) (*ocpp16.ResetResponse, error) {
			t.Error("a request reached its handler")
			return nil, errors.New("no")
		})
		f.run(c)
		f.last().SendText(`[2,"1","Reset",{"type":"Soft"}]`)
		if got := <-f.last().answers; !strings.HasPrefix(got, `"1" "SecurityError"`) {
			t.Errorf("answered %s", got)
		}
		f.lines()
		c.BootAgain() // does not shorten the wait
		time.Sleep(601 * time.Second)
		f.expect("10m0s BootNotification")
	})
}

func TestR41WhatFollowsTheBootAnswerIsJudgedByIt(t *testing.T) {
	for range 50 {
		bubble(t, func(t *testing.T, f *fakeCSMS) {
			f.answer = func(p *peer, c call) string {
				if c.action != "BootNotification" {
					return defaultAnswer(c)
				}
				// In one write, so that nothing lies between them.
				p.SendText(fmt.Sprintf(`[ 3, %q, %s]`, c.id, booted("Accepted", 60)))
				p.SendText(`[2,"1","RemoteStartTransaction",{"idTag":"04A1"}]`)
				return "-"
			}
			c := f.client(f.options())
			station.Handle(c, func(context.Context, *ocpp16.RemoteStartTransactionRequest) (*ocpp16.RemoteStartTransactionResponse, error) {
				return &ocpp16.RemoteStartTransactionResponse{Status: ocpp16.RemoteStartStopStatusAccepted}, nil
			})
			f.run(c)
			f.expect("0s connected ocpp1.6", "0s BootNotification", `0s answer 3 "1" {"status":"Accepted"}`)
		})
	}
}

func TestRebootBootsAgain(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		c := f.client(f.options())
		station.Handle(c, func(context.Context, *ocpp16.ResetRequest) (*ocpp16.ResetResponse, error) {
			c.Reboot()
			return &ocpp16.ResetResponse{Status: ocpp16.ResetStatusAccepted}, nil
		})
		f.run(c)
		time.Sleep(time.Second)
		f.last().SendText(`[2,"1","Reset",{"type":"Soft"}]`)
		f.expectUnordered("0s connected ocpp1.6", "0s BootNotification", `1s answer 3 "1" {"status":"Accepted"}`, "1s closed 1000",
			"1s connected ocpp1.6", "1s BootNotification")
	})
}

func TestBootAgain(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		c := f.started(f.options())
		f.last()
		c.BootAgain()
		f.expect("0s connected ocpp1.6", "0s BootNotification", "0s BootNotification")
	})
}

func TestWithoutBootNothingIsGated(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		o := f.options()
		o.Boot = nil
		c := f.started(o)
		if err := c.WaitAccepted(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := station.Call(t.Context(), c, &ocpp16.AuthorizeRequest{IDTag: "04A1"}); err != nil {
			t.Error(err)
		}
		time.Sleep(48 * time.Hour)
		f.expect("0s connected ocpp1.6", "0s Authorize")
	})
}

func TestR40AConnectionLostBeforeTheAnswerBootsOnTheNextOne(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		f.answer = func(p *peer, c call) string {
			if len(f.peers) < 3 {
				p.Close()
				return "-"
			}
			return defaultAnswer(c)
		}
		f.started(f.options())
		time.Sleep(20 * time.Second)
		f.expect("0s connected ocpp1.6", "0s BootNotification", "0s lost", "10s connected ocpp1.6", "10s BootNotification",
			"10s lost", "20s connected ocpp1.6", "20s BootNotification")
	})
}

func TestInterceptorsOfABootMayCall(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		o := f.options()
		var c *station.Client
		o.Interceptors = []ocpp.Interceptor{
			func(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
				resp, err := next(ctx, req)
				if x.Action.Name == "BootNotification" {
					if _, err := station.Call(ctx, c, &ocpp16.HeartbeatRequest{}); err != nil {
						t.Error(err)
					}
				}
				return resp, err
			},
		}
		c = f.client(o)
		f.run(c)
		f.expect("0s connected ocpp1.6", "0s BootNotification", "0s Heartbeat")
	})
}

func TestInterceptorsOfAFailedBootMayCall(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		f.answer = bootAnswers(`{"status":"Perhaps"}`, booted("Accepted", 3600))
		o := f.options()
		var c *station.Client
		o.Interceptors = []ocpp.Interceptor{
			func(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
				resp, err := next(ctx, req)
				if x.Action.Name == "BootNotification" && err != nil {
					if _, err := station.Call(ctx, c, &ocpp16.HeartbeatRequest{}); !errors.Is(err, station.ErrNotAccepted) {
						t.Errorf("got %v", err)
					}
				}
				return resp, err
			},
		}
		var failure error
		o.OnBoot = func(_ ocpp.BootResult, err error) { failure = errors.Join(failure, err) }
		c = f.client(o)
		f.run(c)
		time.Sleep(10 * time.Second)
		f.expect("0s connected ocpp1.6", "0s BootNotification", "10s BootNotification")
		if failure == nil {
			t.Error("nobody was told")
		}
	})
}
