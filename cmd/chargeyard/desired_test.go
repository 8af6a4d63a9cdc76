package main

import (
	"strings"
	"testing"
)

func TestDesiredValuesFromTheCommandLine(t *testing.T) {
	a := ask(t)
	a.want(2, "say which stations", "desired", "set", "K=1")
	a.want(2, "do not go together", "desired", "set", "--all", "--tag", "x", "K=1")
	a.want(exitInvalid, "give KEY=VALUE", "desired", "set", "--all", "K")
	a.want(exitInvalid, "is not a JSON object", "desired", "set", "--all", "{K}")
	a.want(exitInvalid, "this is a secret: /values/0/variable", "desired", "set", "--all", "AuthorizationKey=x")
	a.want(exitNotFound, "nothing is wanted now", "desired", "set", "--all", "HeartbeatInterval=600")
	a.want(0, "Nothing is wanted.", "drift", "--summary")

	a.connect("OLD", "ocpp1.6").says("BootNotification", boot16)
	a.connect("NEW", "ocpp2.1").says("BootNotification", `{"reason":"PowerUp","chargingStation":{"vendorName":"V","model":"M"}}`)
	a.eventually("2.1", "stations", "show", "NEW")
	out := a.want(0, "wanted of", "desired", "set", "--select", "OLD,NEW,NOBODY", "--compare", "HeartbeatInterval=600", "OCPPCommCtrlr.HeartbeatInterval=600",
		`{"component":"EVSE","evse":1,"variable":"Power","value":"22"}`)
	for _, want := range []string{"selected   3", "wanted of  2", "1 (neither created nor seen)"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing:\n%s", want, out)
		}
	}
	a.want(exitNotFound, "their version of OCPP can have none of it", "desired", "set", "--select", "OLD", "C.V=1")
	a.want(0, "HeartbeatInterval", "desired", "OLD")
	if out := a.want(0, "EVSE 1", "desired", "NEW"); strings.Count(out, "\n") != 3 {
		t.Errorf("of the new one:\n%s", out)
	}
	a.want(0, "No desired value matches.", "desired", "NEW", "--state", "same")
	a.want(0, "No desired value is in this state.", "drift", "--state", "same")
	a.want(0, "Nothing is otherwise than wanted.", "drift")
	a.want(2, "--summary counts all", "drift", "--summary", "--state", "same")
	a.want(0, "all of them", "drift", "--summary")
	a.want(0, `"unknown":3`, "drift", "--summary", "-o", "json")
	a.want(0, "were removed: 1.", "desired", "remove", "NEW", "--component", "evse")
	a.want(0, "were removed: 1.", "desired", "remove", "NEW")
	a.want(0, "There is no desired value.", "desired", "NEW")
	a.want(0, "Requests to the station that come of it: 1.", "desired", "apply", "OLD")
	a.want(exitNotFound, "no such station", "desired", "apply", "NOBODY")
	a.want(exitNotFound, "no such station", "desired", "NOBODY")
}
