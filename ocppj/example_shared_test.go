package ocppj_test

import (
	"context"
	"fmt"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocppj"
)

// printer is the link of a session to nowhere.
type printer string

func (p printer) Send(frame []byte) error {
	fmt.Printf("%s: %s\n", string(p), frame)
	return nil
}

func (printer) ReadOn() bool { return false }

func (printer) Route(string) (ocppj.Route, bool) { return ocppj.Route{}, false }

func (printer) Gate(*ocpp.Exchange) *ocpp.Error { return nil }

func (printer) SendGate(*ocpp.Exchange) error { return nil }

// A server with many sessions keeps the options that they have in common once.
func ExampleShare() {
	shared, err := ocppj.Share(ocppj.Options{End: ocpp.CSMSEnd})
	if err != nil {
		panic(err)
	}
	for _, identity := range []string{"CS1", "CS2"} {
		s, err := shared.New(ocppj.Own{Protocol: ocpp16.Protocol, Link: printer(identity), Identity: identity})
		if err != nil {
			panic(err)
		}
		if err := s.Receive([]byte(`[2,"1","Heartbeat",{}]`)); err != nil {
			panic(err)
		}
		if err := s.Drain(context.Background()); err != nil { // until the message is answered
			panic(err)
		}
		s.Close(nil)
		s.Wait()
	}
	// Output:
	// CS1: [4,"1","NotSupported","the action is not supported",{}]
	// CS2: [4,"1","NotSupported","the action is not supported",{}]
}
