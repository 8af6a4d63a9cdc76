package main

import (
	"strings"
	"testing"
)

// Reservations are listed; what a station that is not there cannot do says why.
func TestReservationsAreListedAndRefused(t *testing.T) {
	a := ask(t)
	a.want(0, "There is no reservation.", "reservations")
	a.want(0, "[]", "reservations", "--open", "--station", "CP-1", "--state", "used", "--token", "x", "-o", "json")
	a.want(exitNotFound, "", "reservations", "add", "NOBODY", "ISO14443:CARD", "--evse", "1", "--minutes", "5", "--group", "G")
	a.want(exitNotFound, "", "reservations", "cancel", "12")
	a.want(exitInvalid, "", "reservations", "add", "NOBODY", "CARD", "--evse", "1", "--connector-type", "cCCS2")
	a.want(0, "No reservation matches.", "reservations", "--open")
}

// The number with which a reservation is canceled is told when it is made: the station's own id of it is another.
func TestAReservationHasTheNumberThatIsTold(t *testing.T) {
	a := ask(t)
	for id, version := range map[string]string{"CP-1": "ocpp1.6", "CP-2": "ocpp2.0.1"} {
		cp := a.connect(id, version)
		cp.says("Heartbeat", `{}`)
		call := cp.answers(`[3,%q,{"status":"Accepted"}]`)
		_, _, said := try(t, "reservations", "add", id, "CARD", "--evse", "1")
		<-call
		_, told, _ := strings.Cut(said, "The number of the reservation is ")
		told = strings.TrimSuffix(strings.TrimSpace(told), ".")
		a.want(0, told+"  ", "reservations", "--station", id)
		call = cp.answers(`[3,%q,{"status":"Accepted"}]`)
		a.want(0, "Reservation "+told+" is canceled.", "reservations", "cancel", told)
		<-call
	}
}
