// Package ocpp is the vocabulary that all OCPP versions and both ends of the wire share: versions and
// actions, the generic request types, errors and their codes, the validation policy, exact times and
// decimals, interceptors and the raw-frame tap.
//
// The messages themselves are in packages ocpp16, ocpp201 and ocpp21. The two ends are in packages csms
// (the management system) and station (the charging station).
package ocpp
