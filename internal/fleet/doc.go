// Package fleet is the domain of the management system in words that belong to no version of OCPP: stations,
// EVSEs, connectors, transactions, samples, id tokens, credentials, and the events that change them. It does no
// I/O and imports the standard library only. All its types are plain values; functions are safe for concurrent
// use unless they say otherwise.
//
// # What an adapter does
//
// An adapter turns one message of a station into one [Event], submits it to the store, waits for the [Result],
// and answers from it. The result arrives after the commit, so the answer never promises what could be lost.
// When the store returns an error, the adapter leaves the message unanswered or answers with an error; the
// station then keeps it and repeats it, which is harmless: every event can be repeated.
//
//	BootNotification            Booted               (the server decides Status and Interval)
//	StatusNotification          StatusReported
//	MeterValues, no transaction Metered
//	Authorize                   AuthorizationAsked   Result.Token is the answer
//	DataTransfer, ReservationStatusUpdate, smart charging, DER, batteries, payments, streams: Told, see Record
//	StartTransaction            TransactionEvent     Result.TransactionNumber, Result.Token
//	MeterValues of a transaction, StopTransaction, TransactionEvent: TransactionEvent
//	Heartbeat                   no event: Presence only
//	SecurityEventNotification   SecurityReported
//	firmware, publishing, diagnostics and log statuses: JobReported
//	NotifyEvent                 EventsNotified
//	NotifyMonitoringReport      MonitorsReported
//	NotifyReport, and answers about settings: VariablesReported, without secrets
//	SignCertificate, Get15118EVCertificate, GetCertificateStatus, GetCertificateChainStatus: CertificateAsked
//	NotifyDisplayMessages       MessagesReported
//	NotifyCustomerInformation   CustomerReported
//
// OCPP 2.x. TransactionEventRequest becomes
//
//	fleet.TransactionEvent{
//		Station: st.Identity(), Received: now,
//		Kind:          fleet.TransactionStarted,         // eventType; Updated, Ended
//		TransactionID: req.TransactionInfo.TransactionID,
//		Numbered: true, SeqNo: int64(req.SeqNo),         // together the key of the event
//		Time:     req.Timestamp.Time(),                  // the station's clock, unchanged
//		Offline:  req.Offline.Or(false),
//		Trigger:  string(req.TriggerReason),
//		ChargingState: string(req.TransactionInfo.ChargingState),
//		StopReason:    string(req.TransactionInfo.StoppedReason), // Ended without one: "Local"
//		EVSE: evse.ID, Connector: evse.ConnectorID,      // 0: not said
//		Token:   &fleet.IDToken{Value: req.IdToken.IdToken, Type: string(req.IdToken.Type)},
//		RemoteStartID: ..., ReservationID: ...,
//		Samples: ...,                                    // one per sampledValue, see Sample
//		Rest:    ...,                                    // a JSON object of what has no field here: costDetails, customData ...
//	}
//
// and Result.Token fills idTokenInfo whenever the request had an idToken (E01.FR.11).
//
// OCPP 1.6. Numbered is false: these messages have no number, their content is their key.
//
//	StartTransaction: Kind TransactionStarted, TransactionID "" (the store gives it), EVSE and Connector both the
//	    connectorId, Token, MeterStart, Time, ReservationID. The answer takes Result.TransactionNumber.
//	MeterValues with a transactionId: Kind TransactionUpdated, TransactionID fleet.TransactionNumber(id), Samples, Time
//	    the earliest timestamp of its meter values.
//	StopTransaction: Kind TransactionEnded, TransactionID, MeterStop, Time, StopReason (absent: "Local"), Token
//	    (the stopper's, if there is one), Samples from transactionData.
//
// A transaction id that cannot be one (-1 and 0, which stations send when they never got an answer, and the
// largest int64) needs no care by the adapter: the store keeps such events apart from each other.
//
// # Places
//
// OCPP 1.6 knows no EVSEs: its connector n is connector n of EVSE n. EVSE 0 is the station itself, or its main
// meter.
//
// # Times
//
// Every event has the time it was received (Received, the server's clock) and most have the time the station
// says (Time). A zero Time is one that the station did not send or that could not be read.
package fleet
