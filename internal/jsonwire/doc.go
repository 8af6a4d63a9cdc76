// Package jsonwire is the runtime that the generated OCPP codecs call. It reads a message in one forward pass,
// without an intermediate tree, and checks it on the way; it writes by appending to the caller's buffer.
//
// A Decoder never builds a path while all is well: a violation is remembered by its byte offset, and the JSON
// pointer is found afterwards by walking the text up to there. Nothing recurses on input that the schema does
// not describe.
package jsonwire
