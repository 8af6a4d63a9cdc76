// Package ocppgen turns the JSON schemas that the Open Charge Alliance publishes into Go packages: the
// messages of a version with their codec and validation, and tables that describe them.
//
// The way is schema files and overlay -> [Model] -> Go source. The schemas are read as published; what this
// project adds to them (names, directions, corrections, the rules of the text) is in the overlay, where every
// row gives its reason.
package ocppgen

//go:generate go run ../../cmd/ocppgen -overlay overlay.txt -out ../..
