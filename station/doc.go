// Package station is the charging station end of OCPP-J: a client that connects to a CSMS, boots, serves its requests,
// sends heartbeats, delivers the messages of transactions from a durable queue, and connects again for ever.
//
//	c, err := station.New(station.Options{
//		Identity:  "CS-1",
//		URL:       "wss://csms.example/ocpp",
//		Protocols: []*ocpp.Protocol{ocpp21.Protocol, ocpp201.Protocol, ocpp16.Protocol},
//		Boot:      func(v ocpp.Version) any { ... },
//	})
//	...
//	station.Handle(c, func(ctx context.Context, req *ocpp16.ResetRequest) (*ocpp16.ResetResponse, error) { ... })
//	go c.Run(ctx)
//	...
//	resp, err := station.Call(ctx, c, &ocpp16.AuthorizeRequest{IdTag: "04A1"})
//	err = station.Enqueue(c, &ocpp16.StartTransactionRequest{...}, "tx-7", nil)
//
// Calls are for what matters now; they fail without a connection. Enqueue is for what must arrive: it returns when the
// message is stored.
package station
