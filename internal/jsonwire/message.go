package jsonwire

// Message is implemented by every generated message and by every object type inside one.
type Message interface {
	// DecodeOCPP reads the value at the cursor into the receiver, which is expected to be empty. False means
	// that the message is refused (d.Failed) or that the value counts as absent by the policy.
	DecodeOCPP(d *Decoder) bool

	// AppendOCPP appends the value as JSON and returns the longer slice. It checks nothing.
	AppendOCPP(b []byte) []byte
}
