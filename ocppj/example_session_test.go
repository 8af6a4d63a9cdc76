package ocppj_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/ocppj"
)

// Both ends know whose connection it is.
func ExampleSession() {
	csms, station := connect(ocpp21.Protocol, ocppj.Options{}, ocppj.Options{})
	defer close2(csms, station)
	for _, s := range []*ocppj.Session{csms, station} {
		_, known := s.Protocol().Action("Reset")
		fmt.Println(s.End(), s.Identity(), s.Version(), known)
	}
	// Output:
	// CSMS CS1 2.1 true
	// station CS1 2.1 true
}

// Do is for proxies and tools, which learn the types of messages at run time.
func ExampleSession_Do() {
	csms, station := connect(ocpp16.Protocol, ocppj.Options{}, ocppj.Options{
		Route: routes(map[string]handler{
			"ClearCache": func(context.Context, any) (any, error) {
				return &ocpp16.ClearCacheResponse{Status: ocpp16.ClearCacheStatusAccepted}, nil
			},
		}),
	})
	defer close2(csms, station)

	info, _ := csms.Protocol().Action("ClearCache")
	action := ocpp.Action{Version: csms.Version(), Name: "ClearCache"}
	resp, err := csms.Do(context.Background(), action, info.NewRequest(), info.NewResponse)
	fmt.Printf("%T %v\n", resp, err)
	// Output: *ocpp16.ClearCacheResponse <nil>
}

// A call that waits for its answer ends with the session, and says that the station may have got it.
func ExampleSession_Close() {
	arrived := make(chan struct{})
	csms, station := connect(ocpp16.Protocol, ocppj.Options{}, ocppj.Options{
		Route: routes(map[string]handler{
			"Reset": func(ctx context.Context, _ any) (any, error) {
				close(arrived)
				<-ctx.Done() // a handler that takes its time
				return nil, ctx.Err()
			},
		}),
	})
	defer close2(csms, station)

	go func() {
		<-arrived
		csms.Close(errors.New("the socket broke")) // what reads from the socket says so
		csms.Close(errors.New("too late"))         // the first cause wins
	}()
	_, err := ocppj.Call(context.Background(), csms, &ocpp16.ResetRequest{Type: ocpp16.ResetTypeHard})
	fmt.Println(err)
	var closed *ocppj.ClosedError
	fmt.Println(errors.As(err, &closed) && closed.Sent, ocpp.SafeToRetry(err))
	<-csms.Done()
	fmt.Println(csms.Cause())
	// Output:
	// ocppj: the connection is gone: the socket broke
	// true false
	// the socket broke
}

// After Close and Wait nothing of a session is left, its handlers included.
func ExampleSession_Wait() {
	began := make(chan struct{})
	csms, station := connect(ocpp16.Protocol, ocppj.Options{}, ocppj.Options{
		Route: routes(map[string]handler{
			"Reset": func(ctx context.Context, _ any) (any, error) {
				close(began)
				<-ctx.Done()
				fmt.Println("the handler puts its things away:", context.Cause(ctx))
				return nil, context.Cause(ctx)
			},
		}),
	})
	defer close2(csms, station)

	go ocppj.Call(context.Background(), csms, &ocpp16.ResetRequest{Type: ocpp16.ResetTypeSoft})
	<-began
	station.Close(errors.New("switched off"))
	station.Wait()
	fmt.Println("nothing is left")
	// Output:
	// the handler puts its things away: switched off
	// nothing is left
}

// What works for a session on its own ends with it.
func ExampleSession_Context() {
	csms, station := connect(ocpp16.Protocol, ocppj.Options{}, ocppj.Options{})
	defer close2(csms, station)
	ended := make(chan struct{})
	context.AfterFunc(csms.Context(), func() {
		fmt.Println(context.Cause(csms.Context()))
		close(ended)
	})
	csms.Close(errors.New("taken over"))
	<-ended
	// Output: taken over
}

func ExampleNewMessageID() {
	a, b := ocppj.NewMessageID(), ocppj.NewMessageID()
	fmt.Println(len(a), a != b)
	// Output: 36 true
}

// A station loses its connection before the answer came, and repeats the message on the next one. The memory belongs to
// the station, so that both of its sessions give the same answer, of one transaction.
func ExampleAnswerMemory() {
	var memory ocppj.AnswerMemory
	transactions := 0
	for range 2 {
		answered := make(chan struct{})
		session, err := ocppj.New(ocppj.Options{
			Protocol: ocpp16.Protocol, End: ocpp.CSMSEnd, Identity: "CS1", Answers: &memory,
			Send: func(frame []byte) error {
				fmt.Println(string(frame))
				close(answered)
				return nil
			},
			Route: routes(map[string]handler{
				"StartTransaction": func(context.Context, any) (any, error) {
					transactions++
					return &ocpp16.StartTransactionResponse{
						TransactionID: int64(transactions), IDTagInfo: ocpp16.IDTagInfo{Status: ocpp16.AuthorizationStatusAccepted},
					}, nil
				},
			}),
		})
		if err != nil {
			panic(err)
		}
		session.Receive([]byte(`[2,"42","StartTransaction",{"connectorId":1,"idTag":"04A1","meterStart":0,"timestamp":"2026-01-02T03:04:05Z"}]`))
		<-answered
		session.Close(errors.New("the connection was lost"))
		session.Wait()
	}
	fmt.Println("transactions:", transactions)
	// Output:
	// [3,"42",{"idTagInfo":{"status":"Accepted"},"transactionId":1}]
	// [3,"42",{"idTagInfo":{"status":"Accepted"},"transactionId":1}]
	// transactions: 1
}

// A handler that cannot store what it was told leaves it unanswered: the station will say it again.
func Example_noAnswer() {
	unanswered := make(chan error, 1)
	session, err := ocppj.New(ocppj.Options{
		Protocol: ocpp16.Protocol, End: ocpp.CSMSEnd, Identity: "CS1",
		Send: func(frame []byte) error { fmt.Println(string(frame)); return nil },
		Route: routes(map[string]handler{
			"StopTransaction": func(context.Context, any) (any, error) {
				return nil, fmt.Errorf("the database is down: %w", ocppj.ErrNoAnswer)
			},
		}),
		Events: ocppj.Events{Unanswered: func(_, _ string, err error) { unanswered <- err }},
	})
	if err != nil {
		panic(err)
	}
	session.Receive([]byte(`[2,"43","StopTransaction",{"transactionId":1,"meterStop":900,"timestamp":"2026-01-02T03:04:05Z"}]`))
	fmt.Println(<-unanswered)
	session.Close(nil)
	session.Wait()
	// Output: the database is down: ocppj: no answer is to be sent
}
