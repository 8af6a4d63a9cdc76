package ocppj

import (
	"encoding/json"

	"github.com/chargeyard/chargeyard/ocpp"
)

// appendPayload validates a message of this end and appends its JSON.
func (s *Session) appendPayload(b []byte, v any) ([]byte, error) {
	j, err := json.Marshal(v)
	return append(b, j...), err
}

// decodePayload decodes the payload of h into v.
func (s *Session) decodePayload(h *header, v any, tolerated func(ocpp.Violation)) error {
	var rest []json.RawMessage
	if err := json.Unmarshal(h.frame, &rest); err != nil {
		return &ocpp.ValidationError{Violation: ocpp.Violation{Rule: ocpp.RuleSyntax, Detail: "not JSON"}}
	}
	return json.Unmarshal(rest[len(rest)-1], v)
}
