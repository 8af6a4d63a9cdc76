package server

import (
	"fmt"
	"net/http"
	"strings"
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

// A payload that is given as it is gets the checks that the verb has, in words of its own, whichever way it goes; in OCPP 1.6 other rules
// hold.
func TestRawProfilesAreCheckedAsThoseOfTheVerb(t *testing.T) {
	r := serve(t, Config{})
	const right = `{"evseId":1,"chargingProfile":{"id":1,"stackLevel":2,"chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative","chargingSchedule":[{"id":1,"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":16},{"startPeriod":60,"limit":6}]}]}}`
	for subprotocol, id := range map[string]string{"ocpp2.0.1": "CS-2", "ocpp2.1": "CS-3"} {
		p := r.connect(id, subprotocol, login{})
		p.call("BootNotification", boot2x)
		p.call("NotifyReport", `{"requestId":1,"generatedAt":`+t0+`,"seqNo":0,"reportData":[
			{"component":{"name":"SmartChargingCtrlr"},"variable":{"name":"ProfileStackLevel"},"variableAttribute":[{"value":"3"}]},
			{"component":{"name":"SmartChargingCtrlr"},"variable":{"name":"PeriodsPerSchedule"},"variableAttribute":[{"value":"2"}]},
			{"component":{"name":"SmartChargingCtrlr"},"variable":{"name":"RateUnit"},"variableAttribute":[{"value":"A"}]}]}`)
		refused := func(action, payload string, status int, pointer string) {
			t.Helper()
			for _, more := range []string{"", `,"expires":60`} {
				got := r.api(http.MethodPost, "/stations/"+id+"/commands", `{"action":"`+action+`","payload":`+payload+more+`}`, status)
				faults, _ := got["errors"].([]any)
				if len(faults) != 1 || faults[0].(map[string]any)["pointer"] != "/payload"+pointer {
					t.Errorf("%s: %v, want %s", payload, got, pointer)
				}
			}
		}
		const profile, schedule, period = "/chargingProfile", "/chargingProfile/chargingSchedule/0", "/chargingProfile/chargingSchedule/0/chargingSchedulePeriod"
		for _, c := range []struct {
			old, new, pointer string
			status            int
		}{
			{`"evseId":1`, `"evseId":1000`, "/evseId", 422},
			{`"Relative"`, `"Absolute"`, schedule + "/startSchedule", 422},
			{`"Relative"`, `"Recurring","recurrencyKind":"Daily"`, schedule + "/startSchedule", 422},
			{`"Relative"`, `"Recurring"`, profile + "/recurrencyKind", 422},
			{`"Relative"`, `"Relative","validFrom":"2026-05-02T00:00:00Z","validTo":"2026-05-01T00:00:00Z"`, profile + "/validTo", 422},
			{`"TxDefaultProfile"`, `"ChargingStationMaxProfile"`, profile + "/chargingProfileKind", 422},
			{`"TxDefaultProfile"`, `"ChargingStationExternalConstraints"`, profile + "/chargingProfilePurpose", 422},
			{`"TxDefaultProfile"`, `"TxProfile"`, profile + "/transactionId", 422},
			{`"TxDefaultProfile"`, `"TxDefaultProfile","transactionId":"t1"`, profile + "/transactionId", 422},
			{`"startPeriod":0`, `"startPeriod":1`, period + "/0/startPeriod", 422},
			{`"startPeriod":60`, `"startPeriod":0`, period + "/1/startPeriod", 422},
			{`"limit":6`, `"limit":6.25`, period + "/1/limit", 422},
			{`"limit":6`, `"limit":6,"phaseToUse":2`, period + "/1/phaseToUse", 422},
			{`"chargingRateUnit":"A"`, `"chargingRateUnit":"A","duration":30`, period + "/1/startPeriod", 422},
			{`"chargingRateUnit":"A"`, `"chargingRateUnit":"A","minChargingRate":-1`, schedule + "/minChargingRate", 422},
			{`"stackLevel":2`, `"stackLevel":4`, profile + "/stackLevel", 409},
			{`"chargingRateUnit":"A"`, `"chargingRateUnit":"W"`, schedule + "/chargingRateUnit", 409},
			{`{"startPeriod":60,"limit":6}`, `{"startPeriod":60,"limit":6},{"startPeriod":61,"limit":6}`, schedule + "/chargingSchedulePeriod", 409},
		} {
			refused("SetChargingProfile", strings.Replace(right, c.old, c.new, 1), c.status, c.pointer)
		}
		refused("RequestStartTransaction", strings.Replace(right, `"evseId":1`, `"evseId":1,"remoteStartId":1,"idToken":{"idToken":"X","type":"Central"}`, 1), 422, profile+"/chargingProfilePurpose")
		if subprotocol == "ocpp2.1" {
			refused("SetChargingProfile", strings.Replace(right, `"limit":6`, `"limit":6,"setpoint_L2":1`, 1), 422, period+"/1/setpoint_L2")
			refused("SetChargingProfile", strings.Replace(right, `"limit":6`, `"operationMode":"LocalFrequency","v2xBaseline":0`, 1), 422, schedule+"/chargingRateUnit")
			refused("SetChargingProfile", strings.Replace(right, `"Relative"`, `"Relative","dynUpdateInterval":60`, 1), 422, profile+"/dynUpdateInterval")
		}
		r.asked(p, id, "SetChargingProfile", strings.Replace(right, `"stackLevel":2`, `"stackLevel":3`, 1), `{"status":"Accepted"}`) // a level for limits, if somebody wants
	}
	wrong := strings.Replace(right, `"startPeriod":0`, `"startPeriod":1`, 1)
	const pointer = "/payload/chargingProfile/chargingSchedule/0/chargingSchedulePeriod/0/startPeriod"
	order := `"action":"SetChargingProfile","payload":` + wrong + `,"select":{"stations":["CS-2","CS-3"]}`
	got := r.api(http.MethodPost, "/commands", `{`+order+`}`, http.StatusOK)
	if problems := got["problems"].([]any); got["invalid"] != 2.0 || len(problems) != 2 || problems[0].(map[string]any)["pointer"] != pointer {
		t.Errorf("many: %v", got)
	}
	got = r.api(http.MethodPost, "/bulks", `{`+order+`,"expires":60}`, http.StatusUnprocessableEntity)
	if faults := got["errors"].([]any); len(faults) != 1 || faults[0].(map[string]any)["pointer"] != pointer {
		t.Errorf("a bulk that is kept: %v", got)
	}
	old := r.connect("CP-16", "ocpp1.6", login{})
	old.call("BootNotification", boot16)
	r.asked(old, "CP-16", "SetChargingProfile", `{"connectorId":1,"csChargingProfiles":{"chargingProfileId":1,"stackLevel":0,"chargingProfilePurpose":"TxProfile","chargingProfileKind":"Absolute",`+
		`"chargingSchedule":{"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":16.0}]}}}`, `{"status":"Accepted"}`)
}
