package fleet

import (
	"testing"
	"time"
)

func TestBootPolicyFallsBackFieldByField(t *testing.T) {
	def := BootPolicy{Status: BootPending, Retry: time.Minute, Heartbeat: time.Hour}
	for _, c := range []struct {
		own, def BootPolicy
		want     BootAnswer
	}{
		{BootPolicy{}, BootPolicy{}, BootAnswer{BootAccepted, 0}},
		{BootPolicy{}, def, BootAnswer{BootPending, time.Minute}},
		{BootPolicy{Status: BootAccepted}, def, BootAnswer{BootAccepted, time.Hour}},
		{BootPolicy{Status: BootAccepted, Retry: 1, Heartbeat: 2}, def, BootAnswer{BootAccepted, 2}},
		{BootPolicy{Status: BootRejected, Retry: 1, Heartbeat: 2}, def, BootAnswer{BootRejected, 1}},
		{BootPolicy{Heartbeat: 2}, def, BootAnswer{BootPending, time.Minute}},
	} {
		if got := c.own.Answer(c.def); got != c.want {
			t.Errorf("%+v over %+v: %+v, want %+v", c.own, c.def, got, c.want)
		}
	}
	if n := (BootAnswer{Interval: 90 * time.Second}).Seconds(); n != 90 {
		t.Errorf("%d seconds", n)
	}
}
