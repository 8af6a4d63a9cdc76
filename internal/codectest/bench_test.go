package codectest

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/jsonwire"
	"github.com/chargeyard/chargeyard/ocpp"
)

func (s sample) read(t testing.TB) []byte {
	b, err := os.ReadFile(filepath.Join("testdata", s.file))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// decodeFrame decodes a whole CALL: frame, payload, validation.
func decodeFrame(d *jsonwire.Decoder, frame []byte, o jsonwire.Options, v any) error {
	d.Reset(frame, o)
	var typ int
	var id string
	ok := d.ArrayOpen() && d.Int(&typ, 2, 6) && d.Comma() && d.Str(&id, 36) && d.Comma()
	if ok {
		_, ok = d.Text()
	}
	if !ok || !d.Comma() {
		return ocpp.DecodeError(d)
	}
	if err := ocpp.DecodeFrom(d, v); err != nil {
		return err
	}
	if !d.ArrayClose() || !d.End() {
		return ocpp.DecodeError(d)
	}
	return nil
}

// payload returns the payload of a frame. The benchmarks compare payloads only: the frame around it would cost
// encoding/json a second and a third pass, which is no merit of ours.
func payload(t testing.TB, frame []byte) []byte {
	var parts []json.RawMessage
	if err := json.Unmarshal(frame, &parts); err != nil || len(parts) != 4 {
		t.Fatalf("%v: %s", err, frame)
	}
	return parts[3]
}

func decodePayload(d *jsonwire.Decoder, data []byte, o jsonwire.Options, v any) error {
	d.Reset(data, o)
	if err := ocpp.DecodeFrom(d, v); err != nil {
		return err
	}
	if !d.End() {
		return ocpp.DecodeError(d)
	}
	return nil
}

func decodeTwin(data []byte, v validator) error {
	if err := json.Unmarshal(data, v); err != nil {
		return err
	}
	return v.Validate()
}

func wire(owned bool) jsonwire.Options { return ocpp.DecodeOptions{Owned: owned}.Wire() }

func TestAllocations(t *testing.T) {
	for _, s := range samples() {
		frame := s.read(t)
		var d jsonwire.Decoder
		o := wire(true)
		if n := testing.AllocsPerRun(100, func() {
			if err := decodeFrame(&d, frame, o, s.make()); err != nil {
				t.Fatal(err)
			}
		}); n > s.allocs {
			t.Errorf("%s: decoding costs %v allocations", s, n)
		}
		v := s.make()
		if err := decodeFrame(&d, frame, o, v); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 0, 8192)
		if n := testing.AllocsPerRun(100, func() {
			if _, err := ocpp.Append(buf, v, 0); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: encoding costs %v allocations", s.name, n)
		}
	}
}

// The twins must do the same work: they read the same documents into the same JSON.
func TestTwinsAreTwins(t *testing.T) {
	for _, s := range samples() {
		frame := s.read(t)
		var d jsonwire.Decoder
		v, twin := s.make(), s.twin()
		data := payload(t, frame)
		if err := errors.Join(decodePayload(&d, data, wire(false), v), decodeTwin(data, twin)); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		var ours, theirs any
		a, errA := json.Marshal(v)
		b, errB := json.Marshal(twin)
		if err := errors.Join(errA, errB, json.Unmarshal(a, &ours), json.Unmarshal(b, &theirs)); err != nil {
			t.Fatal(err)
		}
		x, errX := json.Marshal(ours)
		y, errY := json.Marshal(theirs)
		if string(x) != string(y) || errX != nil || errY != nil {
			t.Errorf("%s:\n%s\n%s", s.name, x, y)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, s := range samples() {
		data := payload(b, s.read(b))
		for name, run := range s.decoders(b, data) {
			b.Run(s.name+"/"+name, func(b *testing.B) {
				b.SetBytes(int64(len(data)))
				b.ReportAllocs()
				for b.Loop() {
					run()
				}
			})
		}
	}
}

// decoders returns the three ways to decode and validate a payload.
func (s sample) decoders(b *testing.B, data []byte) map[string]func() {
	ours := func(owned bool) func() {
		d, o := new(jsonwire.Decoder), wire(owned)
		return func() {
			if err := decodePayload(d, data, o, s.make()); err != nil {
				b.Fatal(err)
			}
		}
	}
	return map[string]func(){"owned": ours(true), "clone": ours(false), "encoding-json": func() {
		if err := decodeTwin(data, s.twin()); err != nil {
			b.Fatal(err)
		}
	}}
}

func BenchmarkEncode(b *testing.B) {
	for _, s := range samples() {
		for name, run := range s.encoders(b, payload(b, s.read(b))) {
			b.Run(s.name+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					run()
				}
			})
		}
	}
}

// encoders returns the two ways to validate and encode a payload.
func (s sample) encoders(b *testing.B, data []byte) map[string]func() {
	v, twin := s.make(), s.twin()
	if err := errors.Join(decodePayload(new(jsonwire.Decoder), data, wire(false), v), decodeTwin(data, twin)); err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 0, 8192)
	return map[string]func(){"pooled": func() {
		if _, err := ocpp.Append(buf, v, 0); err != nil {
			b.Fatal(err)
		}
	}, "encoding-json": func() {
		if err := twin.Validate(); err != nil {
			b.Fatal(err)
		}
		if _, err := json.Marshal(twin); err != nil {
			b.Fatal(err)
		}
	}}
}

// BenchmarkRatio reports how many times faster than encoding/json decoding is, owned and copied, and encoding; the
// geometric mean over the messages comes last. Its own ns/op mean nothing.
func BenchmarkRatio(b *testing.B) {
	product := map[string]float64{}
	for _, s := range samples() {
		data := payload(b, s.read(b))
		var metrics map[string]float64 // measured once, however often b repeats
		b.Run(s.name, func(b *testing.B) {
			if metrics == nil {
				metrics = s.ratios(best(s.decoders(b, data)), best(s.encoders(b, data)))
				for name, x := range metrics {
					product[name] += math.Log(x)
				}
			}
			for name, x := range metrics {
				b.ReportMetric(x, name)
			}
		})
	}
	b.Run("geomean", func(b *testing.B) {
		for name, sum := range product {
			if strings.HasPrefix(name, "x-") {
				b.ReportMetric(math.Exp(sum/float64(len(samples()))), name)
			}
		}
	})
}

// ratios makes metrics of times in nanoseconds.
func (s sample) ratios(decode, encode map[string]float64) map[string]float64 {
	out := map[string]float64{
		"x-owned": decode["encoding-json"] / decode["owned"], "x-clone": decode["encoding-json"] / decode["clone"],
		"x-encode": encode["encoding-json"] / encode["pooled"],
	}
	for name, ns := range decode {
		out["ns-"+name] = ns
	}
	for name, ns := range encode {
		out["encode-ns-"+name] = ns
	}
	return out
}

// best returns the shortest time in nanoseconds of each way, over rounds in which they take turns, so that a busy machine
// slows all of them.
func best(ways map[string]func()) map[string]float64 {
	out := map[string]float64{}
	for range 40 {
		for name, run := range ways {
			const times = 200
			start := time.Now()
			for range times {
				run()
			}
			ns := float64(time.Since(start).Nanoseconds()) / times
			if old, ok := out[name]; !ok || ns < old {
				out[name] = ns
			}
		}
	}
	return out
}
