package fleet

import (
	"encoding/json"
	"testing"
	"time"
)

// partsCommand is the second of three messages of a list, which was sent.
func partsCommand(t *testing.T, arguments string, part int) Command {
	t.Helper()
	c := Command{
		Station: "A", Version: "2.0.1", Action: "SendLocalList", Verb: "send-local-list", Arguments: json.RawMessage(arguments),
		CreatedAt: time.Unix(0, 0), ExpiresAt: time.Unix(60, 0), State: StateQueued,
	}.In(part, 3, 0)
	c, err := c.Send(1, "m", time.Unix(1, 0))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What becomes of a message of a list says what the station has of it, and whether it begins again.
func TestACommandOfSeveralMessages(t *testing.T) {
	now := time.Unix(2, 0)
	answer := func(status string) func(Command) (Command, error) {
		return func(c Command) (Command, error) {
			return c.Answer("m", json.RawMessage(`{"status":"`+status+`"}`), now)
		}
	}
	lose := func(c Command) (Command, error) { return c.Lose("m", "it is gone", now) }
	queued := func(then func(Command, time.Time) (Command, error)) func(Command) (Command, error) {
		return func(c Command) (Command, error) {
			c, err := c.Unsend("m", "")
			if err != nil {
				return c, err
			}
			return then(c, now.Add(48*time.Hour))
		}
	}
	const full, made, given = `{"update":"full"}`, `{"update":"differential"}`, `{"update":"differential","remove":[{"value":"A"}]}`
	for name, x := range map[string]struct {
		arguments string
		part      int
		do        func(Command) (Command, error)
		state     CommandState
		then      int
		begun     int
		detail    string
	}{
		"taken":                   {full, 1, answer("Accepted"), StateQueued, 2, 0, "message 2 of 3 was accepted"},
		"all taken":               {full, 2, answer("Accepted"), StateAnswered, 3, 0, ""},
		"not taken":               {full, 1, answer("Failed"), StateQueued, 0, 1, "message 2 of 3: the station answered Failed; the whole list is sent from its beginning"},
		"not taken, the first":    {full, 0, answer("Failed"), StateAnswered, 0, 0, "message 1 of 3: the station answered Failed"},
		"a change, the first":     {made, 0, answer("VersionMismatch"), StateQueued, 0, 1, "message 1 of 3: the station answered VersionMismatch; the whole list is sent from its beginning"},
		"not supported":           {full, 1, answer("NotSupported"), StateAnswered, 1, 0, "message 2 of 3: the station answered NotSupported"},
		"given":                   {given, 1, answer("Failed"), StateAnswered, 1, 0, "message 2 of 3: the station answered Failed"},
		"lost":                    {full, 1, lose, StateQueued, 0, 1, "message 2 of 3: it is gone; the whole list is sent from its beginning"},
		"lost, the first":         {full, 0, lose, StateQueued, 0, 1, "message 1 of 3: it is gone; the whole list is sent from its beginning"},
		"lost, given":             {given, 1, lose, StateUnknown, 1, 0, "message 2 of 3: it is gone"},
		"no answer":               {full, 1, func(c Command) (Command, error) { return c.TimeOut("m", "no answer", now) }, StateTimeout, 1, 0, "message 2 of 3: no answer"},
		"canceled":                {full, 1, queued(func(c Command, now time.Time) (Command, error) { return c.Cancel("enough", now) }), StateUnknown, 1, 0, "message 2 of 3: those before it were accepted, and it was not sent: enough"},
		"canceled before it went": {full, 0, queued(func(c Command, now time.Time) (Command, error) { return c.Cancel("enough", now) }), StateCanceled, 0, 0, "message 1 of 3: enough"},
		"too late":                {full, 1, queued(Command.Expire), StateUnknown, 1, 0, "message 2 of 3: those before it were accepted, and it was not sent: its time was over"},
		"denied":                  {full, 1, queued(func(c Command, now time.Time) (Command, error) { return c.Deny("no", now) }), StateUnknown, 1, 0, "message 2 of 3: those before it were accepted, and it was not sent: no"},
	} {
		got, err := x.do(partsCommand(t, x.arguments, x.part))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got.State != x.state || got.Part != x.then || got.Begun != x.begun || got.Detail != x.detail {
			t.Errorf("%s: %s, %d parts, begun %d, %q", name, got.State, got.Part, got.Begun, got.Detail)
		}
	}
	taken, err := answer("Accepted")(partsCommand(t, full, 1))
	if err != nil || !taken.ExpiresAt.Equal(now.Add(PartExpiry)) {
		t.Errorf("half of a list expires at %v: %v", taken.ExpiresAt, err)
	}
	often := partsCommand(t, full, 1)
	often.Begun = MaxListBegun
	if got, err := answer("Failed")(often); err != nil || got.State != StateAnswered {
		t.Errorf("begun too often: %s, %v", got.State, err)
	}
	if got, err := lose(often); err != nil || got.State != StateUnknown {
		t.Errorf("lost too often: %s, %v", got.State, err)
	}
}
