package fleet_test

import (
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

func TestValuesOfEachModeOfOperation(t *testing.T) {
	for _, test := range []struct {
		mode                            string
		limit, dischargeLimit, setpoint fleet.Decimal
		dynamic                         bool
		want                            string // "": nothing is wrong
	}{
		{"", "8", "", "", false, ""},
		{"", "", "", "", false, "/limit: it has a limit"},
		{"", "", "", "8", false, "/limit: a period of ChargingOnly has one"},
		{fleet.ModeChargingOnly, "8", "-8", "", false, "/dischargeLimit: a period of ChargingOnly has none (Q02.FR.02)"},
		{fleet.ModeCentralSetpoint, "", "", "-8", false, ""},
		{fleet.ModeCentralSetpoint, "", "", "", false, "/setpoint: a period of CentralSetpoint has one"},
		{fleet.ModeCentralSetpoint, "8", "", "-8", false, "/limit: a period of CentralSetpoint has none (Q03.FR.02)"},
		{fleet.ModeCentralFrequency, "", "", "-8", true, ""},
		{fleet.ModeCentralFrequency, "", "", "-8", false, "/operationMode: CentralFrequency is for profiles of the kind Dynamic"},
		{fleet.ModeExternalSetpoint, "8", "-8", "", true, ""},
		{fleet.ModeExternalSetpoint, "", "", "8", true, "/setpoint: a period of ExternalSetpoint has none"},
		{fleet.ModeExternalLimits, "", "", "", false, ""},
		{fleet.ModeExternalLimits, "8", "", "", false, "/limit: a period of ExternalLimits has none"},
		{fleet.ModeLocalLoadBalancing, "8", "-8", "", false, ""},
		{fleet.ModeLocalLoadBalancing, "", "", "8", false, "/setpoint: a period of LocalLoadBalancing has none"},
		{fleet.ModeLocalFrequency, "", "", "", false, "/v2xBaseline: a period of LocalFrequency has one (Q08.FR.02)"},
		{fleet.ModeLocalFrequency, "8", "", "", false, "/limit: a period of LocalFrequency has none"},
		{fleet.ModeIdle, "", "", "", false, ""},
		{fleet.ModeIdle, "0", "", "", false, "/limit: a period of Idle has none"},
	} {
		p := fleet.Profile{Purpose: fleet.PurposeTxDefault, Kind: fleet.KindRelative, Schedules: []fleet.ChargingSchedule{{
			Unit: fleet.UnitWatts, Periods: []fleet.SchedulePeriod{{
				OperationMode: test.mode, Limit: test.limit, DischargeLimit: test.dischargeLimit, Setpoint: test.setpoint,
			}},
		}}}
		if test.dynamic {
			p.Kind = fleet.KindDynamic
		}
		if got := p.Check().Error(); !strings.Contains(got, test.want) || (test.want == "") != (got == "") {
			t.Errorf("%+v: %q", test, got)
		}
	}
}
