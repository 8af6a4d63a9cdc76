package station

import "github.com/chargeyard/chargeyard/ocpp"

// roles are the actions of one version that play a part in the life of a station. They are found in the version's
// table by the interfaces of ocpp, so that no version has to be imported.
type roles struct {
	protocol  *ocpp.Protocol
	boot      ocpp.ActionInfo // BootNotification
	heartbeat ocpp.ActionInfo
	data      ocpp.ActionInfo // DataTransfer
	reports   map[string]bool // let through while Pending
}

const heartbeatAction = "Heartbeat" // in every version

func rolesOf(p *ocpp.Protocol) *roles {
	r := &roles{protocol: p, reports: make(map[string]bool)}
	r.heartbeat, _ = p.Action(heartbeatAction)
	for a := range p.Actions() {
		if a.SentBy&ocpp.StationEnd == 0 {
			continue
		}
		switch a.NewRequest().(type) {
		case ocpp.BootRequest:
			r.boot = a
		case ocpp.DataTransferRequest:
			r.data = a
		case ocpp.ReportMessage:
			r.reports[a.Name] = true
		}
	}
	return r
}

func (r *roles) action(info ocpp.ActionInfo) ocpp.Action {
	return ocpp.Action{Version: r.protocol.Version(), Name: info.Name}
}

// startsTransaction reports whether the answer to an action brings a transaction id (StartTransaction of 1.6).
func startsTransaction(a ocpp.ActionInfo) bool {
	if a.NewResponse == nil {
		return false
	}
	_, ok := a.NewResponse().(ocpp.TransactionStarted)
	return ok
}
