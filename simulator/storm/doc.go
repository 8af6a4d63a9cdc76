// Package storm drives thousands of light charging stations against a CSMS, makes them lose their connections in the
// same moment, and measures how they come back: it is the instrument behind `chargeyard storm`.
//
// A light station costs a socket, one goroutine and a small read buffer. It boots, sends heartbeats, and answers every
// request of the CSMS plausibly; it has no EVSEs and no transactions (package simulator has). Beside them goes a smaller
// fleet of real clients of package station, with queued transaction messages, of which none may get lost.
//
//	result, err := storm.Run(ctx, storm.Options{URL: "ws://127.0.0.1:8887/ocpp", Stations: 2000, Variant: storm.Reset})
//	...
//	if !result.OK() {
//		fmt.Println(result.Problems)
//	}
//
// The CSMS may be any: what the package wants to know of its process comes from /proc and from Options.Probe, and the
// load of requests that it sends during the storm goes through Options.Call.
package storm
