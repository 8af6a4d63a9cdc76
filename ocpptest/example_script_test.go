package ocpptest_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// A script is a value: its steps can be looked at, and a mistake in it is told with its line.
func ExampleParseScript() {
	script, err := ocpptest.ParseScript("reset.txt", []byte(`
# A reset, and what the station says when it is back.
version 1.6
csms    [2,"$id","Reset",{"type":"Hard"}]
station [3,"$id",{"status":"Accepted"}]
wait 30s
station [2,"$boot","BootNotification",
          {"chargePointVendor":"Acme","chargePointModel":"One"}]
`))
	if err != nil {
		panic(err)
	}
	fmt.Println("OCPP", script.Version)
	for _, step := range script.Steps {
		if m, ok := step.Message(); ok {
			fmt.Printf("line %d: the %v says a %v %q\n", step.Line, step.From, m.Type, m.Action)
		} else {
			fmt.Printf("line %d: %v go by\n", step.Line, step.Wait)
		}
	}
	_, err = ocpptest.ParseScript("bad.txt", []byte("version 1.6\nsays nothing\n"))
	fmt.Println(err)
	// Output:
	// OCPP 1.6
	// line 4: the CSMS says a CALL "Reset"
	// line 5: the station says a CALLRESULT ""
	// line 6: 30s go by
	// line 7: the station says a CALL "BootNotification"
	// ocpptest: bad.txt:2: unknown verb "says"
}

// Scripts are files beside the tests.
func ExampleReadScript() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "heartbeat.txt") // testdata/heartbeat.txt
	text := `
version 1.6
station [2,"$id","Heartbeat",{}]
csms    [3,"$id",{"currentTime":"$time"}]
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		panic(err)
	}
	script, err := ocpptest.ReadScript(path)
	if err != nil {
		panic(err)
	}
	fmt.Println(len(script.Steps), "steps")
	_, err = ocpptest.ReadScript(filepath.Join(dir, "other.txt"))
	fmt.Println(errors.Is(err, os.ErrNotExist))
	// Output:
	// 2 steps
	// true
}

// The handlers of the end that is tested answer what the script expects of them.
func ExampleScript_Answers() {
	script, err := ocpptest.ParseScript("reset.txt", []byte(`
version 1.6
csms    [2,"$id","Reset",{"type":"Hard"}]
station [3,"$id",{"status":"Accepted"}]
csms    [2,"$again","Reset",{"type":"Hard"}]
station [3,"$again",{"status":"Rejected"}]
`))
	if err != nil {
		panic(err)
	}
	for _, payload := range script.Answers(ocpp.StationEnd)["Reset"] {
		fmt.Println(string(payload))
	}
	// Output:
	// {"status":"Accepted"}
	// {"status":"Rejected"}
}
