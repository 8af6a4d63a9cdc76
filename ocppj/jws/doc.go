// Package jws signs and verifies OCPP messages: the Signer and Verifier of package ocppj, as JSON Web Signatures
// (RFC 7515) in the flattened serialization with ES256, RS256 or RS384 (OCPP-J 2.1 Part 4, chapter 7).
package jws
