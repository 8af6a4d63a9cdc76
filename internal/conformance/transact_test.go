package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
)

// transact sends a TransactionEvent: KIND TRIGGER and what else is in it.
func (p *player) transact(text string) error {
	words := strings.SplitN(text, " ", 3)
	if len(words) < 2 {
		return fmt.Errorf("tx needs a kind and a trigger")
	}
	kind, tx := words[0], string(p.values.value("tx"))
	if kind == "next" {
		kind = "Updated"
		if string(p.values["begun"]) != tx {
			kind = "Started"
		}
	}
	p.values["begun"] = json.RawMessage(tx)
	event := map[string]any{
		"eventType": kind, "triggerReason": words[1], "timestamp": "$now", "seqNo": "$seq",
		"transactionInfo": map[string]any{"transactionId": "$tx"},
	}
	if _, ok := p.values["evse"]; ok {
		event["evse"] = map[string]any{"id": "$evse", "connectorId": "$connector"}
	}
	if len(words) == 3 {
		more, err := parse(words[2])
		if err != nil {
			return err
		}
		merge(event, more)
	}
	return p.say("TransactionEvent " + shown(event))
}

// merge puts what is in more into an object, in depth; null takes away.
func merge(object map[string]any, more any) {
	members, _ := more.(map[string]any)
	for name, value := range members {
		inner, ok := object[name].(map[string]any)
		switch {
		case value == nil:
			delete(object, name)
		case ok:
			inner = maps.Clone(inner)
			merge(inner, value)
			object[name] = inner
		default:
			object[name] = value
		}
	}
}
