// Package simulator has virtual charging stations: EVSEs with a connector each, vehicles with a battery that tapers,
// three-phase meters with noise, id tokens, and the messages that a station of OCPP 1.6, 2.0.1 or 2.1 sends while
// drivers plug in, charge and leave. The stations use package station like any other program, so they can be pointed
// at any CSMS.
//
// A [Fleet] is a number of stations that run together. What happens in it is drawn from a seed: the same seed gives
// the same drivers, vehicles and tokens; only the network decides when messages arrive.
package simulator
