package station

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

// DataError is the status of a DataTransfer other than Accepted: what CallData returns when the CSMS answered so,
// and what a handler of HandleData returns to answer so.
type DataError struct {
	Status   ocpp.DataTransferStatus
	Data     json.RawMessage // what came or goes with it; nil is nothing
	FromPeer bool            // the CSMS said it; ignored when answering
}

func (e *DataError) Error() string {
	return "station: the DataTransfer was answered " + string(e.Status)
}

// SafeToRetry reports true: the CSMS did not do it.
func (e *DataError) SafeToRetry() bool { return true }

// dataKey names a DataTransfer; message is "" for one without a message id.
type dataKey struct{ vendor, message string }

// dataHandler handles the data of one DataTransfer and returns that of the answer, nil for none.
type dataHandler func(ctx context.Context, data json.RawMessage) (any, error)

// HandleData registers the handler of a DataTransfer, in all versions, by vendor id and message id; "" stands for
// messages without a message id. It panics when there is one already.
//
// The data is decoded into an In by encoding/json. Data that is a JSON string, as it always is in OCPP 1.6, is
// decoded as that string or, when In is something else, as the JSON text in it. Absent data leaves In zero. Out is
// encoded likewise; nil answers without data. A *DataError answers with its status, other errors as in Handle.
//
// A DataTransfer of another vendor or message goes to the handler that Handle registered for DataTransfer, or else is
// answered UnknownVendorId or UnknownMessageId.
func HandleData[In, Out any](c *Client, vendorID, messageID string, h func(ctx context.Context, data *In) (*Out, error)) {
	c.handlers.addData(dataKey{vendorID, messageID}, func(ctx context.Context, data json.RawMessage) (any, error) {
		in := new(In)
		if err := decodeData(data, in); err != nil {
			return nil, ocpp.Errorf(ocpp.TypeConstraintViolation, "/data: not what %s %s wants", vendorID, messageID)
		}
		out, err := h(ctx, in)
		if out == nil || err != nil {
			return nil, err
		}
		return out, nil
	})
}

func (h *handlers) addData(key dataKey, run dataHandler) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, taken := h.data[key]; taken {
		panic(fmt.Sprintf("station: a handler of DataTransfer %q %q is registered already", key.vendor, key.message))
	}
	if h.data == nil {
		h.data = make(map[dataKey]dataHandler)
	}
	h.data[key] = run
}

func (h *handlers) hasData() bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return len(h.data) > 0
}

// findData returns the handler of a DataTransfer, or nil and the status that says why there is none.
func (h *handlers) findData(key dataKey) (dataHandler, ocpp.DataTransferStatus) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if run, ok := h.data[key]; ok {
		return run, ""
	}
	for k := range h.data {
		if k.vendor == key.vendor {
			return nil, ocpp.DataTransferUnknownMessageID
		}
	}
	return nil, ocpp.DataTransferUnknownVendorID
}

// CallData sends a DataTransfer in the negotiated version and decodes the data of its answer. in and Out are encoded
// and decoded as in HandleData; a nil in sends no data, absent data leaves Out zero. An answer other than
// Accepted is a *DataError; other errors are those of Call.
func CallData[Out any](ctx context.Context, c *Client, vendorID, messageID string, in any) (*Out, error) {
	n := c.Connection()
	if n == nil {
		return nil, ErrOffline
	}
	result, err := n.callData(ctx, vendorID, messageID, in)
	if err != nil {
		return nil, err
	}
	if result.Status != ocpp.DataTransferAccepted {
		return nil, &DataError{Status: result.Status, Data: result.Data, FromPeer: true}
	}
	out := new(Out)
	return out, decodeData(result.Data, out)
}

func (n *Connection) callData(ctx context.Context, vendorID, messageID string, in any) (ocpp.DataTransferResult, error) {
	var none ocpp.DataTransferResult
	req, err := n.dataRequest(vendorID, messageID, in)
	if err != nil {
		return none, err
	}
	info := n.roles.data
	resp, err := n.session.Do(ctx, n.roles.action(info), req, info.NewResponse)
	if err != nil {
		return none, err
	}
	answer, ok := resp.(ocpp.DataTransferResponse)
	if !ok {
		return none, fmt.Errorf("station: %T is no response of a DataTransfer", resp)
	}
	return answer.OCPPDataTransferResult(), nil
}

// dataRequest makes the DataTransfer request of the negotiated version.
func (n *Connection) dataRequest(vendorID, messageID string, in any) (any, error) {
	if n.roles.data.Name == "" {
		return nil, fmt.Errorf("%w: DataTransfer in OCPP %s", ErrNotStationAction, n.Version())
	}
	data, err := encodeData(in, n.Version())
	if err != nil {
		return nil, err
	}
	transfer := ocpp.DataTransfer{VendorID: vendorID, Data: data}
	if messageID != "" {
		transfer.MessageID = ocpp.Some(messageID)
	}
	req := n.roles.data.NewRequest()
	req.(ocpp.DataTransferRequest).SetOCPPDataTransfer(transfer) //nolint:forcetypeassert // rolesOf checked it
	return req, nil
}

// dataRoute sends a DataTransfer to the handler of its vendor and message, or else to other if that is not nil.
func (n *Connection) dataRoute(other func(context.Context, any) (any, error)) ocppj.Route {
	return ocppj.Route{Handle: func(ctx context.Context, req any) (any, error) {
		transfer, ok := req.(ocpp.DataTransferRequest)
		if !ok { // an interceptor brought it
			return nil, fmt.Errorf("station: %T is no DataTransfer", req)
		}
		data := transfer.OCPPDataTransfer()
		run, unknown := n.c.handlers.findData(dataKey{data.VendorID, data.MessageID.Or("")})
		switch {
		case run != nil:
			return n.answerData(run(ctx, data.Data))
		case other != nil:
			return other(ctx, req)
		}
		return n.answerData(nil, &DataError{Status: unknown})
	}}
}

// answerData makes the response of what a handler of data returned.
func (n *Connection) answerData(out any, err error) (any, error) {
	result := ocpp.DataTransferResult{Status: ocpp.DataTransferAccepted}
	var status *DataError
	switch {
	case errors.As(err, &status):
		result = ocpp.DataTransferResult{Status: status.Status, Data: status.Data}
	case err != nil:
		return nil, err
	default:
		if result.Data, err = encodeData(out, n.Version()); err != nil {
			return nil, err
		}
	}
	resp, ok := n.roles.data.NewResponse().(ocpp.DataTransferResponse)
	if !ok {
		return nil, errors.New("station: the protocol has no DataTransfer response")
	}
	resp.SetOCPPDataTransferResult(result)
	return resp, nil
}

// encodeData makes the data of a DataTransfer: any JSON value in 2.x, a JSON string in 1.6.
func encodeData(v any, version ocpp.Version) (json.RawMessage, error) {
	if v == nil {
		return nil, nil
	}
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("station: the data of a DataTransfer: %w", err)
	}
	if version != ocpp.V16 || data[0] == '"' {
		return data, nil
	}
	return json.Marshal(string(data))
}

// decodeData reads data into v, and a JSON string as the JSON text in it when v is no string.
func decodeData(data json.RawMessage, v any) error {
	if len(data) == 0 || bytes.Equal(data, []byte("null")) {
		return nil
	}
	err := json.Unmarshal(data, v)
	var text string
	if err == nil || json.Unmarshal(data, &text) != nil {
		return err
	}
	return json.Unmarshal([]byte(text), v)
}
