package fleet

// QueueTold is what a station answered to the question whether messages of a transaction, or any of transactions, are still to
// come from it (E14).
type QueueTold struct {
	Transaction string // as the station knows it; "": any
	Waiting     bool   // messages have not been sent
	Ongoing     *bool  // the transaction has not ended; nil: it was not asked about one
}

func (QueueTold) check(string) error { return nil }
