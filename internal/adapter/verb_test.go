package adapter_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/adapter"
	v16 "github.com/chargeyard/chargeyard/internal/adapter/v16"
	v201 "github.com/chargeyard/chargeyard/internal/adapter/v201"
	v21 "github.com/chargeyard/chargeyard/internal/adapter/v21"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// Each file testdata/verbs-*.txt is a table: a line with a verb and its arguments, and what each version makes of it, a
// request or a refusal at a place of the arguments. What the server finds out is the same in all of them: the number of a
// request is 7, the present is noon, and a transaction is known by the id that was given.
func TestVerbsBecomeRequestsOfEachVersion(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("testdata", "verbs-*.txt"))
	if err != nil || len(paths) == 0 {
		t.Fatal("there is no table", err)
	}
	seen := map[string]bool{}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for line := range strings.Lines(string(content)) {
			name, arguments, isCase := strings.Cut(strings.TrimSpace(line), " ")
			switch {
			case strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "":
				got.WriteString(line)
			case isCase && !strings.HasPrefix(line, " "):
				seen[name] = true
				got.WriteString(line)
				verbCase(t, &got, name, arguments)
			}
		}
		if *update {
			if err := os.WriteFile(path, []byte(got.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if got.String() != string(content) {
			t.Errorf("%s differs; go test ./internal/adapter -update writes what is:\n%s", path, got.String())
		}
	}
	for _, kind := range fleet.VerbKinds() {
		if !seen[kind.Name] {
			t.Errorf("%s is in no table of testdata", kind.Name)
		}
	}
}

// verbCase writes what the versions make of a verb.
func verbCase(t *testing.T, got *strings.Builder, name, arguments string) {
	v := readVerb(t, name, arguments)
	if err := v.Check(); err != nil {
		fmt.Fprintf(got, "    any    %s\n", refusal(t, err))
		return
	}
	for _, version := range []struct {
		name     string
		protocol *ocpp.Protocol
		instruct func(fleet.Verb) (adapter.Instruction, error)
	}{
		{"1.6", ocpp16.Protocol, v16.Instruct}, {"2.0.1", ocpp201.Protocol, v201.Instruct}, {"2.1", ocpp21.Protocol, v21.Instruct},
	} {
		req, err := version.instruct(v)
		if err != nil {
			fmt.Fprintf(got, "    %-6s %s\n", version.name, refusal(t, err))
			continue
		}
		payload, err := json.Marshal(req)
		if err != nil {
			t.Fatal(err)
		}
		action := req.OCPPAction().Name
		fmt.Fprintf(got, "    %-6s %s %s\n", version.name, action, payload)
		info, ok := version.protocol.Action(action)
		if !ok {
			t.Fatalf("OCPP %s has no %s", version.name, action)
		}
		if err := ocpp.Unmarshal(payload, info.NewRequest(), ocpp.DecodeOptions{}); err != nil {
			t.Errorf("%s %s: OCPP %s does not take %s: %v", name, arguments, version.name, payload, err)
		}
	}
}

func readVerb(t *testing.T, name, arguments string) fleet.Verb {
	kind, ok := fleet.VerbKindOf(name)
	if !ok {
		t.Fatalf("there is no verb %s", name)
	}
	v := kind.New()
	d := json.NewDecoder(strings.NewReader(arguments))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		t.Fatalf("%s %s: %v", name, arguments, err)
	}
	found(v)
	return v
}

// found fills in what the server finds out.
func found(v fleet.Verb) {
	running := func(id string) fleet.RunningTransaction {
		return fleet.RunningTransaction{ID: id, Number: fleet.NumberOfTransaction(id)}
	}
	if n, ok := v.(fleet.NumberedVerb); ok {
		n.GiveNumber(7)
	}
	if t, ok := v.(fleet.TransactionVerb); ok {
		t.FoundTransaction(running(t.NamedTransaction()))
	}
	for _, name := range []string{"RequestID", "FreshID"} {
		if number := reflect.ValueOf(v).Elem().FieldByName(name); number.IsValid() && number.CanInt() {
			number.SetInt(7)
		}
	}
	moment := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	switch v := v.(type) {
	case *fleet.UpdateFirmwareRequest:
		if v.RetrieveAt == nil {
			v.RetrieveAt = &moment
		}
	case *fleet.AFRRSignalRequest:
		if v.At == nil {
			v.At = &moment
		}
	case *fleet.RotateKeyRequest:
		v.Key = "4b6579"
	case *fleet.ReserveRequest:
		v.ReservationID, v.ExpiresAt = 7, time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	case *fleet.StopRequest:
		v.Running = running(v.Transaction)
	case *fleet.GetProfilesRequest:
		v.RequestID = 7
	case *fleet.GetDERRequest:
		v.RequestID = 7
	case *fleet.StartRequest:
		v.RemoteStartID = 7
		if v.Check() == nil && v.Profile != nil {
			_ = v.Resolve(v.ProfileID, v.Profile.Profile(), fleet.ChargingLimits{})
		}
	case *fleet.LimitRequest:
		if v.Check() == nil {
			_ = v.Resolve(fleet.ChargingLimits{}, fleet.ProfilePlace{EVSE: v.EVSE, TransactionID: v.Transaction}, running(v.Transaction))
		}
	case *fleet.SetProfileRequest:
		if v.Check() == nil && v.Profile != nil {
			_ = v.Resolve(v.ID, v.Profile.Profile(), fleet.ChargingLimits{}, fleet.ProfilePlace{EVSE: v.EVSE, TransactionID: v.Transaction}, running(v.Transaction))
		}
	case *fleet.TransactionStatusRequest:
		v.Running = running(v.Transaction)
	}
}

// refusal writes why there is no request.
func refusal(t *testing.T, err error) string {
	var refused *fleet.VerbError
	if !errors.As(err, &refused) || refused.Detail == "" {
		t.Fatalf("%T says no more than %v", err, err)
	}
	return strings.TrimRight(fmt.Sprintf("- %s: %s", refused.Argument, refused.Detail), " ")
}
