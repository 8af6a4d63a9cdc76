package csms

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

// DataError is the status of a DataTransfer other than Accepted: what CallData returns when the station answered
// so, and what a handler of HandleData returns to answer so.
type DataError struct {
	Status   ocpp.DataTransferStatus
	Data     json.RawMessage // what came or goes with it; nil is nothing
	FromPeer bool            // the station said it; ignored when answering
}

func (e *DataError) Error() string { return "csms: the DataTransfer was answered " + string(e.Status) }

// SafeToRetry reports true: the station did not do it.
func (e *DataError) SafeToRetry() bool { return true }

// dataKey names a DataTransfer; message is "" for one without a message id.
type dataKey struct{ vendor, message string }

// dataHandler handles the data of one DataTransfer and returns that of the answer.
type dataHandler func(ctx context.Context, st *Station, data json.RawMessage) (any, error)

// HandleData registers the handler of a DataTransfer, in all versions, by vendor id and message id; "" stands for
// messages without a message id. It panics when there is one already.
//
// The data is decoded into an In by encoding/json. Data that is a JSON string, as it always is in OCPP 1.6, is
// decoded as that string or, when In is something else, as the JSON text in it. Absent data leaves In zero. Out is
// encoded likewise; nil answers without data. A *DataError answers with its status, other errors as in Handle.
//
// A DataTransfer of another vendor or message goes to the handler that Handle registered for DataTransfer, or else is
// answered UnknownVendorId or UnknownMessageId.
func HandleData[In, Out any](s *Server, vendorID, messageID string, h func(ctx context.Context, st *Station, data *In) (*Out, error)) {
	run := func(ctx context.Context, st *Station, data json.RawMessage) (any, error) {
		in := new(In)
		if err := decodeData(data, in); err != nil {
			return nil, ocpp.Errorf(ocpp.TypeConstraintViolation, "/data: not what %s %s wants", vendorID, messageID)
		}
		out, err := h(ctx, st, in)
		if out == nil || err != nil {
			return nil, err
		}
		return out, nil
	}
	if !s.data.add(dataKey{vendorID, messageID}, run) {
		panic(fmt.Sprintf("csms: a handler of DataTransfer %q %q is registered already", vendorID, messageID))
	}
}

// CallData sends a DataTransfer in the station's version and decodes the data of its answer. in and Out are encoded and
// decoded as in HandleData; a nil in sends no data, absent data leaves Out zero. An answer other than Accepted is
// a *DataError; other errors are those of Call.
func CallData[Out any](ctx context.Context, st *Station, vendorID, messageID string, in any) (*Out, error) {
	req, err := st.dataRequest(vendorID, messageID, in)
	if err != nil {
		return nil, err
	}
	resp, err := st.CallAny(ctx, req)
	if err != nil {
		return nil, err
	}
	answer, ok := resp.(ocpp.DataTransferResponse)
	if !ok {
		return nil, fmt.Errorf("csms: %T is no response of a DataTransfer", resp)
	}
	result := answer.OCPPDataTransferResult()
	if result.Status != ocpp.DataTransferAccepted {
		return nil, &DataError{Status: result.Status, Data: result.Data, FromPeer: true}
	}
	out := new(Out)
	return out, decodeData(result.Data, out)
}

// dataRequest makes the DataTransfer request of the station's version.
func (st *Station) dataRequest(vendorID, messageID string, in any) (any, error) {
	action, ok := st.server.roles.data[st.Version()]
	if !ok {
		return nil, fmt.Errorf("%w: DataTransfer in OCPP %s", ErrNotCSMSAction, st.Version())
	}
	data, err := encodeData(in, st.Version())
	if err != nil {
		return nil, err
	}
	transfer := ocpp.DataTransfer{VendorID: vendorID, Data: data}
	if messageID != "" {
		transfer.MessageID = ocpp.Some(messageID)
	}
	req := action.NewRequest()
	req.(ocpp.DataTransferRequest).SetOCPPDataTransfer(transfer) //nolint:forcetypeassert // roles checked it
	return req, nil
}

// dataRoute sends a DataTransfer to the handler of its vendor and message, or else to other if that is not nil.
func (s *Server) dataRoute(other func(context.Context, any) (any, error)) ocppj.Route {
	return ocppj.Route{Handle: func(ctx context.Context, req any) (any, error) {
		st, transfer, err := inbound[ocpp.DataTransferRequest](ctx, req)
		if err != nil {
			return nil, err
		}
		data := transfer.OCPPDataTransfer()
		h, ok := s.data.get(dataKey{data.VendorID, data.MessageID.Or("")})
		switch {
		case ok:
			return st.answerData(h(ctx, st, data.Data))
		case other != nil:
			return other(ctx, req)
		}
		return st.answerData(nil, &DataError{Status: s.unknownData(data.VendorID)})
	}}
}

func (s *Server) unknownData(vendorID string) ocpp.DataTransferStatus {
	if s.data.has(func(k dataKey) bool { return k.vendor == vendorID }) {
		return ocpp.DataTransferUnknownMessageID
	}
	return ocpp.DataTransferUnknownVendorID
}

// answerData makes the response of what a handler of data returned.
func (st *Station) answerData(out any, err error) (any, error) {
	result := ocpp.DataTransferResult{Status: ocpp.DataTransferAccepted}
	var status *DataError
	switch {
	case errors.As(err, &status):
		result = ocpp.DataTransferResult{Status: status.Status, Data: status.Data}
	case err != nil:
		return nil, err
	default:
		if result.Data, err = encodeData(out, st.Version()); err != nil {
			return nil, err
		}
	}
	resp, ok := st.server.roles.data[st.Version()].NewResponse().(ocpp.DataTransferResponse)
	if !ok {
		return nil, errors.New("csms: the protocol has no DataTransfer response")
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
		return nil, fmt.Errorf("csms: the data of a DataTransfer: %w", err)
	}
	if bytes.Equal(data, []byte("null")) { // a nil pointer
		return nil, nil
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
