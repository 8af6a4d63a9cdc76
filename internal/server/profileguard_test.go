package server

import (
	"fmt"
	"net/http"
	"testing"
)

// A charging profile that a station must not get is refused before anything is sent, with the place; in OCPP 1.6 the station replaces
// what is in the way (K01).
func TestProfilesThatAreInTheWay(t *testing.T) {
	r := serve(t, Config{})
	old := r.connect("CP-16", "ocpp1.6", login{})
	old.call("BootNotification", boot16)
	const profile = `"profile":{"purpose":"TxDefaultProfile","kind":"Relative","stackLevel":0,"schedules":[{"unit":"A","periods":[{"start":0,"limit":16}]}]}`
	for _, id := range []string{"1", "2"} {
		r.do("CP-16", "set-profile", `{"id":`+id+`,"evse":1,`+profile+`}`, http.StatusOK, func() { old.serveCall("SetChargingProfile", `{"status":"Accepted"}`) })
	}
	for subprotocol, id := range map[string]string{"ocpp2.0.1": "CS-2", "ocpp2.1": "CS-3"} {
		p := r.connect(id, subprotocol, login{})
		p.call("BootNotification", boot2x)
		accept := func(verb, body string) {
			t.Helper()
			r.do(id, verb, body, http.StatusOK, func() { p.serveCall("SetChargingProfile", `{"status":"Accepted"}`) })
		}
		accept("set-profile", `{"id":1,"evse":1,`+profile+`}`)
		accept("set-profile", `{"id":1,"evse":1,`+profile+`}`)
		accept("set-profile", `{"id":2,"evse":2,`+profile+`}`)
		accept("limit", `{"amperes":16,"evse":1}`)
		accept("limit", `{"amperes":10,"evse":1}`)
		refused := func(path, body, pointer string) {
			t.Helper()
			got := r.api(http.MethodPost, "/stations/"+id+"/"+path, body, http.StatusConflict)
			faults, _ := got["errors"].([]any)
			if len(faults) != 1 || faults[0].(map[string]any)["pointer"] != pointer {
				t.Errorf("%s %s %s: %v, want %s", id, path, body, got, pointer)
			}
		}
		refused("set-profile", `{"id":3,"evse":1,`+profile+`}`, "/profile/stackLevel")
		const wire = `{"id":%s,"stackLevel":%s,"chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative","chargingSchedule":[{"id":1,"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":16%s}]}]}`
		command := func(profileID, level, more string) string {
			return `{"action":"SetChargingProfile","payload":{"evseId":1,"chargingProfile":` + fmt.Sprintf(wire, profileID, level, more) + `}}`
		}
		refused("commands", command("3", "0", ""), "/payload/chargingProfile/stackLevel")
		refused("commands", command("1", "0", `,"numberPhases":1,"phaseToUse":2`), "/payload/chargingProfile/chargingSchedule/0/chargingSchedulePeriod/0/phaseToUse")
		p.call("NotifyReport", `{"requestId":1,"generatedAt":`+t0+`,"seqNo":0,"reportData":[
			{"component":{"name":"SmartChargingCtrlr","evse":{"id":1}},"variable":{"name":"ACPhaseSwitchingSupported"},"variableAttribute":[{"value":"true"}]},
			{"component":{"name":"SmartChargingCtrlr","evse":{"id":2}},"variable":{"name":"ACPhaseSwitchingSupported"},"variableAttribute":[{"value":"false"}]},
			{"component":{"name":"SmartChargingCtrlr"},"variable":{"name":"MaxExternalConstraintsId"},"variableAttribute":[{"value":"10"}]}]}`)
		refused("set-profile", `{"id":10,"evse":3,`+profile+`}`, "/id")
		refused("commands", command("10", "1", ""), "/payload/chargingProfile/id")
		const choosing = `"profile":{"purpose":"TxDefaultProfile","kind":"Relative","stackLevel":1,"schedules":[{"unit":"A","periods":[{"start":0,"limit":16,"phases":1,"phaseToUse":2}]}]}`
		refused("set-profile", `{"id":11,"evse":2,`+choosing+`}`, "/profile/schedules/0/periods/0/phaseToUse")
		accept("set-profile", `{"id":11,"evse":1,`+choosing+`}`)
		r.api(http.MethodPost, "/profiles", `{"id":"lib-`+id+`","purpose":"TxDefaultProfile","kind":"Relative","stackLevel":1,"schedules":[{"unit":"A","periods":[{"start":0,"limit":16}]}]}`, http.StatusCreated)
		refused("set-profile", `{"library":"lib-`+id+`","evse":1}`, "/library")
		accept("set-profile", `{"library":"lib-`+id+`","evse":2}`)
		checkChoosing(r, p, id)
	}
}

// checkChoosing: several schedules are for a vehicle that has told its needs in the transaction.
func checkChoosing(r *rig, p *peer, id string) {
	r.t.Helper()
	const schedules = `"profile":{"purpose":"TxProfile","kind":"Relative","stackLevel":3,"schedules":[{"unit":"A","periods":[{"start":0,"limit":16}]},{"unit":"A","periods":[{"start":0,"limit":6}]}]}`
	needs := func() {
		p.call("NotifyEVChargingNeeds", `{"evseId":1,"chargingNeeds":{"requestedEnergyTransfer":"AC_three_phase"}}`)
	}
	needs()
	p.call("TransactionEvent", `{"eventType":"Started","timestamp":`+t0+`,"triggerReason":"CablePluggedIn","seqNo":0,"transactionInfo":{"transactionId":"t1"},"evse":{"id":1}}`)
	body := `{"id":12,"evse":1,"transaction":"t1",` + schedules + `}`
	if got := r.api(http.MethodPost, "/stations/"+id+"/set-profile", body, http.StatusConflict); got["errors"].([]any)[0].(map[string]any)["pointer"] != "/profile/schedules" {
		r.t.Errorf("several schedules for an earlier vehicle: %v", got)
	}
	p.call("NotifyEVChargingNeeds", `{"evseId":1,"maxScheduleTuples":3,"chargingNeeds":{"requestedEnergyTransfer":"AC_three_phase"}}`)
	r.do(id, "set-profile", body, http.StatusOK, func() { p.serveCall("SetChargingProfile", `{"status":"Accepted"}`) })
	one := `{"id":13,"evse":1,"transaction":"t1","profile":{"purpose":"TxProfile","kind":"Relative","stackLevel":3,"schedules":[{"unit":"A","periods":[{"start":0,"limit":16}]}]}}`
	if got := r.api(http.MethodPost, "/stations/"+id+"/set-profile", one, http.StatusConflict); got["errors"].([]any)[0].(map[string]any)["pointer"] != "/profile/stackLevel" {
		r.t.Errorf("a second profile of a transaction: %v", got)
	}
}
