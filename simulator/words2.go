package simulator

import "github.com/chargeyard/chargeyard/ocpp"

// The words that OCPP 2.0.1 and 2.1 share.

var keys2 = keys{
	sample: "SampledDataCtrlr.TxUpdatedInterval", measurands: "SampledDataCtrlr.TxUpdatedMeasurands",
	aligned: "AlignedDataCtrlr.Interval", alignedMeasurands: "AlignedDataCtrlr.Measurands",
	preAuthorize: "AuthCtrlr.LocalPreAuthorize", unknownOffline: "AuthCtrlr.OfflineTxForUnknownIdEnabled",
	connectionTimeout: "TxCtrlr.EVConnectionTimeOut", heartbeat: "OCPPCommCtrlr.HeartbeatInterval",
	ping: "OCPPCommCtrlr.WebSocketPingInterval", attempts: "OCPPCommCtrlr.MessageAttempts[TransactionEvent]",
	attemptWait: "OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]",
}

// status2 is the status of a connector; the phases of charging are told in the events of the transaction.
func status2(s connectorState) string {
	switch s {
	case connectorAvailable:
		return "Available"
	case connectorReserved:
		return "Reserved"
	case connectorUnavailable:
		return "Unavailable"
	case connectorFaulted:
		return "Faulted"
	}
	return "Occupied"
}

func tokenType2(t string) string {
	if t == "" {
		return "ISO14443"
	}
	return t
}

func eventType2(tx *transaction, m moment) string {
	switch {
	case m.end:
		return "Ended"
	case tx.seqNo == 0:
		return "Started"
	}
	return "Updated"
}

// tellReservation is the reservation that the transaction uses up, in the message that tells the token.
func (tx *transaction) tellReservation(m moment) ocpp.Opt[int] {
	if m.token && !m.end {
		return tx.reserved
	}
	return ocpp.Opt[int]{}
}
