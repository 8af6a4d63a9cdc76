package fleet

// StreamsListed are all event streams that are open at a station (N12).
type StreamsListed struct{ Open []EventStream }

// StreamAdjusted is a stream that sends otherwise from now on (N14). What is nil stays.
type StreamAdjusted struct {
	ID               int64
	Interval, Values *int64
}

func (StreamsListed) check(string) error { return nil }

func (StreamAdjusted) check(string) error { return nil }
