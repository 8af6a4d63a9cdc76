package server

import (
	"fmt"
	"testing"
	"time"
)

// Whoever comes, each vehicle gets its profile in time: all of them say at once what they want (K15.FR.08).
func TestVehiclesOfManyStationsGetTheirProfiles(t *testing.T) {
	const stations = 50
	r := serve(t, Config{})
	var peers []*peer
	for i := range stations {
		p := r.connect(fmt.Sprint("CS-", i), "ocpp2.0.1", login{})
		if err := p.Conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		p.call("TransactionEvent", begins2x)
		peers = append(peers, p)
	}
	begun := time.Now()
	for _, p := range peers {
		if err := p.SendText(`[2,"n","NotifyEVChargingNeeds",` + wantsAC + `]`); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range peers {
		if answer := p.read(); answer[0] != 3.0 || answer[2].(map[string]any)["status"] != "Accepted" {
			t.Fatalf("%v", answer)
		}
		p.serveCall("SetChargingProfile", `{"status":"Accepted"}`)
	}
	t.Logf("%d vehicles have their profiles after %s", stations, time.Since(begun))
	r.eventually("the server knows", func() bool {
		list := r.items("/vehicle-plans?limit=1000")
		for _, plan := range list {
			if plan["outcome"] != "acknowledged" {
				return false
			}
		}
		return len(list) == stations
	})
}
