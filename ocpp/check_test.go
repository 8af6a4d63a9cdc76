package ocpp_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/jsonwire"
	"github.com/chargeyard/chargeyard/ocpp"
)

func TestChecks(t *testing.T) {
	const none, fine = ocpp.Rule(255), ""
	now := ocpp.At(time.Now())
	for _, c := range []struct {
		err  error
		rule ocpp.Rule
		want string
	}{
		{ocpp.CheckString("a", "ééé", 3), none, fine},
		{ocpp.CheckString("a", "long", 0), none, fine},
		{ocpp.CheckString("a", "long", 3), ocpp.RuleLength, "/a: is longer than 3 characters"},
		{ocpp.CheckString("a/b~", "\xff", 3), ocpp.RuleSyntax, "/a~1b~0: is not UTF-8"},
		{ocpp.CheckInt("n", 3, 0, 3), none, fine},
		{ocpp.CheckInt("n", 4, 0, 3), ocpp.RuleRange, "/n: is greater than 3"},
		{ocpp.CheckInt("n", -1, 0, 3), ocpp.RuleRange, "/n: is less than 0"},
		{ocpp.CheckDecimal("x", ocpp.Dec(1000, -1), 0, 100), none, fine},
		{ocpp.CheckDecimal("x", ocpp.Dec(1001, -1), 0, 100), ocpp.RuleRange, "/x: is greater than 100"},
		{ocpp.CheckDecimal("x", ocpp.Dec(-1, -100), 0, 100), ocpp.RuleRange, "/x: is less than 0"},
		{ocpp.CheckDecimal("x", ocpp.Dec(-1, 100), jsonwire.MinInt, 0), none, fine},
		{ocpp.CheckTenths("x", ocpp.Dec(1, -1)), none, fine},
		{ocpp.CheckTenths("x", ocpp.Dec(100, -3)), none, fine},
		{ocpp.CheckTenths("x", ocpp.Dec(0, -9)), none, fine},
		{ocpp.CheckTenths("x", ocpp.Dec(7, 3)), none, fine},
		{ocpp.CheckTenths("x", ocpp.Dec(15, -2)), ocpp.RuleRange, "/x: is not a multiple of 0.1"},
		{ocpp.CheckTime("t", now), none, fine},
		{ocpp.CheckTime("t", ocpp.Time{}), ocpp.RuleMissing, "/t: is missing"},
		{ocpp.CheckTime("t", ocpp.At(now.AddDate(9000, 0, 0))), ocpp.RuleTimeForm, "/t: is not a date-time"},
		{ocpp.CheckEnum("e", "x", true), none, fine},
		{ocpp.CheckEnum("e", "x", false), ocpp.RuleEnum, "/e: is not a value of the enumeration"},
		{ocpp.CheckEnum("e", "", false), ocpp.RuleMissing, "/e: is missing"},
		{ocpp.CheckItems("l", 2, false, 2, 2), none, fine},
		{ocpp.CheckItems("l", 0, false, 0, 0), none, fine},
		{ocpp.CheckItems("l", 0, true, 0, 0), ocpp.RuleMissing, "/l: is missing"},
		{ocpp.CheckItems("l", 0, false, 1, 2), ocpp.RuleEmptyList, "/l: is an empty list"},
		{ocpp.CheckItems("l", 1, false, 2, 0), ocpp.RuleItems, "/l: has fewer than 2 items"},
		{ocpp.CheckItems("l", 3, false, 0, 2), ocpp.RuleItems, "/l: has more than 2 items"},
		{ocpp.CheckRaw("r", nil), none, fine},
		{ocpp.CheckRaw("r", json.RawMessage(` [1] `)), none, fine},
		{ocpp.CheckRaw("r", json.RawMessage(``)), ocpp.RuleSyntax, "/r: the text ends too early"},
		{ocpp.CheckRaw("r", json.RawMessage(`1 2`)), ocpp.RuleSyntax, "/r: something follows the end"},
		{ocpp.Within("w", nil), none, fine},
		{ocpp.WithinItem("w", 1, nil), none, fine},
		{ocpp.Within("w", ocpp.Invalid(ocpp.RuleEnum, "x", "d")), ocpp.RuleEnum, "/w/x: d"},
		{ocpp.WithinItem("w", 12, ocpp.Invalid(ocpp.RuleEnum, "", "d")), ocpp.RuleEnum, "/w/12: d"},
	} {
		var bad *ocpp.ValidationError
		switch {
		case c.rule == none:
			if c.err != nil {
				t.Errorf("%v", c.err)
			}
		case !errors.As(c.err, &bad) || bad.Rule != c.rule || bad.Error() != c.want:
			t.Errorf("%v, want %s", c.err, c.want)
		}
	}
	other := errors.New("other")
	if ocpp.Within("w", other) != other {
		t.Error("an error of another kind was changed")
	}
}
