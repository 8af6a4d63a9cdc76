// Package simulator has virtual charging stations: EVSEs with connectors, vehicles with batteries that taper, meters of
// one or three phases with noise, id tokens, faults, and the messages that a station of OCPP 1.6, 2.0.1 or 2.1 sends
// while drivers plug in, charge and leave. The stations answer everything that a CSMS can ask, with effect where there is
// something to affect. They use package station like any other program, so they can be pointed at any CSMS.
//
// A [Fleet] is a number of stations that run together as a [Scenario] says: what they are made of, what drivers do, how
// bad the network and the clocks are. What happens is drawn from a seed: the same seed gives the same drivers, vehicles,
// tokens, faults and readings, at planned simulated times; only the network decides when messages arrive.
//
// Each station keeps a ledger of what it did and what was acknowledged. [Ledger.Compare] holds it against what a CSMS has
// stored, and is so the judge of the CSMS.
package simulator
