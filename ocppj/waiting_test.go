package ocppj_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// countedRequest is a DataTransfer that counts how often it is encoded.
type countedRequest struct {
	*ocpp16.DataTransferRequest
	encoded *atomic.Int32
}

func (r *countedRequest) AppendOCPP(b []byte) []byte {
	r.encoded.Add(1)
	return r.DataTransferRequest.AppendOCPP(b)
}

// vendorRequest is a message that was not generated.
type vendorRequest func() ([]byte, error)

func (f vendorRequest) MarshalJSON() ([]byte, error) { return f() }

// transfer sends req as a DataTransfer in the background.
func (r *rig) transfer(ctx context.Context, req any) *result {
	return background(func() (any, error) {
		action := (*ocpp16.DataTransferRequest)(nil).OCPPAction()
		return r.s.Do(ctx, action, req, func() any { return new(ocpp16.DataTransferResponse) })
	})
}

func TestR13WaitingCallsAreNotEncoded(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		var encoded atomic.Int32
		const calls = 100
		for i := range calls {
			r.transfer(withID(fmt.Sprint(i)), &countedRequest{&ocpp16.DataTransferRequest{VendorID: "v"}, &encoded})
		}
		for i := range calls {
			if n := encoded.Load(); n != int32(i)+1 {
				t.Fatalf("%d calls were encoded when %d had got their turn", n, i+1)
			}
			r.wants(fmt.Sprintf(`[2,"%d","DataTransfer",{"vendorId":"v"}]`, i))
			r.receive(fmt.Sprintf(`[3,"%d",{"status":"Accepted"}]`, i))
			synctest.Wait()
		}
	}, ocpp.V16)
}

func TestCallThatBreaksItsSchemaIsRefusedBeforeItWaits(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		r.clearCache(withID("1"))
		res := r.transfer(withID("2"), &ocpp16.DataTransferRequest{VendorID: strings.Repeat("v", 256)})
		if _, ok := errors.AsType[*ocpp.ValidationError](res.err()); !ok {
			t.Errorf("%v", res)
		}
		if res := r.transfer(withID("3"), (*ocpp16.DataTransferRequest)(nil)); !ocpp.SafeToRetry(res.err()) {
			t.Errorf("nothing to send: %v", res)
		}
		r.wants(`[2,"1","ClearCache",{}]`)
	}, ocpp.V16)
}

func TestR13TurnIsPassedOnByACallThatCannotBeEncoded(t *testing.T) {
	broken := errors.New("broken")
	for name, encode := range map[string]func() ([]byte, error){
		"error": func() ([]byte, error) { return nil, broken },
		"panic": func() ([]byte, error) { panic(broken) },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, v ocpp.Version) {
				r := newRig(t, v)
				r.clearCache(withID("1"))
				second := background(func() (resp any, err error) {
					defer func() {
						if p := recover(); p != nil {
							err = p.(error)
						}
					}()
					action := (*ocpp16.DataTransferRequest)(nil).OCPPAction()
					return r.s.Do(withID("2"), action, vendorRequest(encode), func() any { return nil })
				})
				third := r.clearCache(withID("3"))
				r.receive(cleared("1"))
				synctest.Wait()
				if !errors.Is(second.err(), broken) {
					t.Errorf("%v", second)
				}
				r.receive(cleared("3"))
				synctest.Wait()
				if !third.done() || third.err() != nil {
					t.Errorf("%v", third)
				}
				r.wants(`[2,"1","ClearCache",{}]`, `[2,"3","ClearCache",{}]`)
			}, ocpp.V16)
		})
	}
}
