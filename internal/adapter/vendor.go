package adapter

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
)

// VendorHandler handles the data of a DataTransfer. The answer that it returns is the status and the data for the station;
// an error is answered InternalError. It may be called from many goroutines at once.
type VendorHandler func(ctx context.Context, station string, data json.RawMessage) (ocpp.DataTransferResult, error)

// Vendors are the handlers of DataTransfers. The zero Vendors know no vendor. Add is done before the first station is
// served; afterwards they are safe for concurrent use.
type Vendors struct {
	handlers map[string]map[string]VendorHandler // by vendor id, then by message id; in lower case, for both are case-insensitive
}

// AnyMessage as a message id means all messages of a vendor that have no handler of their own.
const AnyMessage = "*"

// Add adds the handler of a message. "" stands for messages without a message id. It is an error to add one twice.
func (v *Vendors) Add(vendorID, messageID string, h VendorHandler) error {
	vendor, message := strings.ToLower(vendorID), strings.ToLower(messageID)
	if v.handlers == nil {
		v.handlers = map[string]map[string]VendorHandler{}
	}
	if v.handlers[vendor] == nil {
		v.handlers[vendor] = map[string]VendorHandler{}
	}
	if _, ok := v.handlers[vendor][message]; ok {
		return fmt.Errorf("the message %q of the vendor %q has a handler already", messageID, vendorID)
	}
	v.handlers[vendor][message] = h
	return nil
}

// Accept is a VendorHandler that accepts everything: the data is kept, as all is, and nothing else is done.
func Accept(context.Context, string, json.RawMessage) (ocpp.DataTransferResult, error) {
	return ocpp.DataTransferResult{Status: ocpp.DataTransferAccepted}, nil
}

// answer runs the handler of a message, or says that there is none (2.x P02.FR.06, P02.FR.07).
func (v *Vendors) answer(ctx context.Context, station string, t ocpp.DataTransfer) (ocpp.DataTransferResult, error) {
	messages, ok := v.handlers[strings.ToLower(t.VendorID)]
	if !ok {
		return ocpp.DataTransferResult{Status: ocpp.DataTransferUnknownVendorID}, nil
	}
	h, ok := messages[strings.ToLower(t.MessageID.Or(""))]
	if !ok {
		h, ok = messages[AnyMessage]
	}
	if !ok {
		return ocpp.DataTransferResult{Status: ocpp.DataTransferUnknownMessageID}, nil
	}
	return h(ctx, station, t.Data)
}

// Transfer answers a DataTransfer and keeps both, known or not: what a station says shall be found again.
func (b Backend) Transfer(ctx context.Context, st *csms.Station, t ocpp.DataTransfer) (ocpp.DataTransferResult, error) {
	result, err := b.Vendors.answer(ctx, st.Identity(), t)
	if err != nil {
		return result, err
	}
	return result, b.Told(ctx, st, fleet.DataTransfer{
		VendorID: t.VendorID, MessageID: t.MessageID.Or(""), Data: t.Data, Answer: string(result.Status), Reply: result.Data,
	})
}
