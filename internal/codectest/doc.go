// Package codectest tests the generated codecs of all versions against oracles: the official schemas under
// santhosh-tekuri/jsonschema, and encoding/json. It has no code of its own.
//
// The schemas are found through OCPP_SCHEMAS, a directory with 1.6, 1.6-security, 2.0.1 and 2.1 in it, which the
// Open Charge Alliance publishes. Without it their tests are skipped, except in CI, where that is a failure.
package codectest
