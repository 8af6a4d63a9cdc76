package ocppj_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/ocppj"
)

// connect makes the two ends of a connection that is nothing but two channels.
func connect(p *ocpp.Protocol, csms, station ocppj.Options) (csmsEnd, stationEnd *ocppj.Session) {
	toCSMS, toStation := make(chan []byte, 100), make(chan []byte, 100)
	make1 := func(o ocppj.Options, end ocpp.End, in, out chan []byte) *ocppj.Session {
		o.Protocol, o.End, o.Identity = p, end, "CS1"
		o.Send = func(frame []byte) error {
			out <- append([]byte(nil), frame...) // the frame is only lent
			return nil
		}
		s, err := ocppj.New(o)
		if err != nil {
			panic(err)
		}
		go func() {
			for {
				select {
				case frame := <-in:
					if s.Receive(frame) != nil {
						return
					}
				case <-s.Done():
					return
				}
			}
		}()
		return s
	}
	return make1(csms, ocpp.CSMSEnd, toCSMS, toStation), make1(station, ocpp.StationEnd, toStation, toCSMS)
}

// routes makes a router of handlers.
func routes(handlers map[string]handler) func(string) (ocppj.Route, bool) {
	return func(action string) (ocppj.Route, bool) {
		h, ok := handlers[action]
		return ocppj.Route{Handle: h}, ok
	}
}

func close2(a, b *ocppj.Session) {
	for _, s := range []*ocppj.Session{a, b} {
		s.Close(nil)
		s.Wait()
	}
}

func Example() {
	csms, station := connect(ocpp16.Protocol, ocppj.Options{}, ocppj.Options{
		Route: routes(map[string]handler{
			"Reset": func(_ context.Context, req any) (any, error) {
				fmt.Println("the station is asked for a reset:", req.(*ocpp16.ResetRequest).Type)
				return &ocpp16.ResetResponse{Status: ocpp16.ResetStatusAccepted}, nil
			},
		}),
	})
	defer close2(csms, station)

	resp, err := ocppj.Call(context.Background(), csms, &ocpp16.ResetRequest{Type: ocpp16.ResetTypeSoft})
	fmt.Println("the CSMS gets:", resp.Status, err)
	// Output:
	// the station is asked for a reset: Soft
	// the CSMS gets: Accepted <nil>
}

func ExampleNew() {
	session, err := ocppj.New(ocppj.Options{
		Protocol: ocpp16.Protocol, End: ocpp.CSMSEnd, Identity: "CS1",
		Send: func(frame []byte) error { fmt.Println(string(frame)); return nil },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	session.Close(errors.New("the socket is gone"))
	session.Wait()
	fmt.Println(session.Cause())
	// Output: the socket is gone
}

func ExampleSession_Receive() {
	answered := make(chan struct{})
	session, err := ocppj.New(ocppj.Options{
		Protocol: ocpp16.Protocol, End: ocpp.CSMSEnd, Identity: "CS1",
		Send: func(frame []byte) error {
			fmt.Println(string(frame))
			close(answered)
			return nil
		},
		Route: routes(map[string]handler{
			"Authorize": func(_ context.Context, req any) (any, error) {
				status := ocpp16.AuthorizationStatusInvalid
				if req.(*ocpp16.AuthorizeRequest).IDTag == "04A1" {
					status = ocpp16.AuthorizationStatusAccepted
				}
				return &ocpp16.AuthorizeResponse{IDTagInfo: ocpp16.IDTagInfo{Status: status}}, nil
			},
		}),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := session.Receive([]byte(`[2,"17","Authorize",{"idTag":"04A1"}]`)); err != nil {
		fmt.Println(err)
	}
	<-answered
	session.Close(nil)
	session.Wait()
	// Output: [3,"17",{"idTagInfo":{"status":"Accepted"}}]
}

func ExampleCall_errors() {
	csms, station := connect(ocpp16.Protocol, ocppj.Options{}, ocppj.Options{})
	defer close2(csms, station)

	_, err := ocppj.Call(context.Background(), csms, &ocpp16.ClearCacheRequest{})
	fmt.Println("refused by the peer:", ocpp.Remote(err), err)

	_, err = ocppj.Call(context.Background(), csms, &ocpp16.ResetRequest{Type: "Lukewarm"})
	fmt.Println("never sent:", ocpp.SafeToRetry(err), err)

	_, err = ocppj.Call(context.Background(), csms, &ocpp21.ClearCacheRequest{})
	fmt.Println("another version:", err)

	csms.Close(errors.New("taken over"))
	_, err = ocppj.Call(context.Background(), csms, &ocpp16.ClearCacheRequest{})
	fmt.Println("gone:", errors.Is(err, net.ErrClosed), err)
	// Output:
	// refused by the peer: true the peer answered NotSupported: the action is not supported
	// never sent: true /type: is not a value of the enumeration
	// another version: ocpp: ClearCache is a message of OCPP 2.1, but the connection speaks 1.6
	// gone: true ocppj: the connection is gone: taken over
}

func ExampleSession_SendMessage() {
	got := make(chan string)
	csms, station := connect(ocpp21.Protocol, ocppj.Options{
		Route: routes(map[string]handler{
			"NotifyPeriodicEventStream": func(_ context.Context, req any) (any, error) {
				got <- string(req.(*ocpp21.NotifyPeriodicEventStreamRequest).Data[0].V)
				return nil, nil // a SEND has no answer
			},
		}),
	}, ocppj.Options{})
	defer close2(csms, station)

	err := station.SendMessage(context.Background(), &ocpp21.NotifyPeriodicEventStreamRequest{
		ID: 1, Basetime: ocpp.Time{Time: time.Now()},
		Data: []ocpp21.StreamDataElement{{V: []byte(`"230.4"`)}},
	})
	fmt.Println(<-got, err)
	// Output: "230.4" <nil>
}

func ExampleSession_Drain() {
	csms, station := connect(ocpp16.Protocol, ocppj.Options{}, ocppj.Options{})
	defer close2(csms, station)

	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	fmt.Println(csms.Drain(ctx))
	_, err := ocppj.Call(ctx, csms, &ocpp16.ClearCacheRequest{})
	fmt.Println(err)
	// Output:
	// <nil>
	// ocppj: ClearCache was not sent: ocppj: the session is shutting down
}

func ExampleWithMessageID() {
	runs := 0
	csms, station := connect(ocpp16.Protocol, ocppj.Options{
		Route: routes(map[string]handler{
			"DataTransfer": func(context.Context, any) (any, error) {
				runs++
				return &ocpp16.DataTransferResponse{Status: ocpp16.DataTransferStatusAccepted}, nil
			},
		}),
	}, ocppj.Options{})
	defer close2(csms, station)

	id := ocppj.NewMessageID()
	for range 2 { // a retry under the same id has no second effect
		_, err := ocppj.Call(ocppj.WithMessageID(context.Background(), id), station, &ocpp16.DataTransferRequest{VendorID: "acme"})
		if err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println("the handler ran", runs, "time")
	// Output: the handler ran 1 time
}

func ExampleOptions_interceptor() {
	log := func(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
		resp, err := next(ctx, req)
		fmt.Println(x.Action, "err:", err)
		return resp, err
	}
	csms, station := connect(ocpp16.Protocol, ocppj.Options{Interceptor: log}, ocppj.Options{})
	defer close2(csms, station)

	_, err := ocppj.Call(context.Background(), csms, &ocpp16.ClearCacheRequest{})
	fmt.Println(ocpp.Remote(err))
	// Output:
	// 1.6 ClearCache err: the peer answered NotSupported: the action is not supported
	// true
}
