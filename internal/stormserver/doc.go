// Package stormserver is the other end of package storm where it is ours: a bare CSMS without a store, which measures
// what the library alone costs, and the control endpoint through which a storm asks a server process of its own how it is
// and makes a bare CSMS call its stations.
package stormserver
