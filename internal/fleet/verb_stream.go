package fleet

// streamVerbs are about streams of values, which stations of OCPP 2.1 open and close themselves.
func streamVerbs() []VerbKind {
	return []VerbKind{
		verb[EventStreamsRequest]("Ask for the streams of values that are open", `They are in the response. A station opens a stream for a monitor that was set for one, see the monitors of the station.`, `{}`),
		verb[AdjustEventStreamRequest]("Change how often a stream sends", `rejected leaves it as it was.`, `{"stream":3,"interval":30}`),
	}
}

// EventStreamsRequest asks for the streams that are open.
type EventStreamsRequest struct{}

// VerbName is the verb's name in the API.
func (*EventStreamsRequest) VerbName() string { return "get-event-streams" }

// Check refuses nothing.
func (*EventStreamsRequest) Check() error { return nil }

// AdjustEventStreamRequest changes how often a stream sends.
type AdjustEventStreamRequest struct {
	Stream   int  `json:"stream" minimum:"0" maximum:"2147483647" doc:"Id of the stream" example:"3"`
	Interval *int `json:"interval,omitempty" minimum:"0" maximum:"2147483647" doc:"Seconds after which it sends what there is" example:"30"`
	Values   *int `json:"values,omitempty" minimum:"0" maximum:"2147483647" doc:"How many values make it send" example:"10"`
}

// VerbName is the verb's name in the API.
func (*AdjustEventStreamRequest) VerbName() string { return "adjust-event-stream" }

// Check demands a change.
func (r *AdjustEventStreamRequest) Check() error {
	if r.Interval == nil && r.Values == nil {
		return WrongArgument("/interval", "give an interval, a number of values, or both")
	}
	return nil
}
