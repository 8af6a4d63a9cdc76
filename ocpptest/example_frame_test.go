package ocpptest_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/chargeyard/chargeyard/ocpptest"
)

// Frames can be read from anything, a recording for instance.
func ExampleReadFrame() {
	var recording []byte
	recording = ocpptest.Frame{Fin: true, Op: ocpptest.OpText, Payload: []byte("[]")}.Append(recording)
	recording = ocpptest.Frame{Fin: true, Op: ocpptest.OpPing}.Append(recording)
	r := bytes.NewReader(recording)
	for {
		f, err := ocpptest.ReadFrame(r)
		if errors.Is(err, io.EOF) {
			return
		}
		fmt.Printf("op %d %q\n", f.Op, f.Payload)
	}
	// Output:
	// op 1 "[]"
	// op 9 ""
}

// A frame that announces more than any server should take.
func ExampleFrame_Append() {
	f := ocpptest.Frame{Fin: true, Op: ocpptest.OpText, Masked: true, Length: 1 << 40}
	fmt.Printf("% x\n", f.Append(nil))
	// Output: 81 ff 00 00 01 00 00 00 00 00 00 00 00 00
}

func ExamplePeer_SendOp() {
	a, b := ocpptest.Pipe()
	station, csms := ocpptest.NewPeer(a, true), ocpptest.NewPeer(b, false)
	station.SendOp(ocpptest.OpPing, []byte("are you there?"))
	station.SendOp(ocpptest.OpBinary, []byte{0})
	for range 2 {
		f, err := csms.ReadFrame()
		fmt.Printf("op %d %q masked=%v %v\n", f.Op, f.Payload, f.Masked, err)
	}
	// Output:
	// op 9 "are you there?" masked=true <nil>
	// op 2 "\x00" masked=true <nil>
}
