package csms

import "github.com/chargeyard/chargeyard/ocpp"

// role is the part that an action plays for the server itself.
type role uint8

const (
	roleOther role = iota
	roleBoot
	roleReport
	roleData
)

// roles knows the part of each action of the server's versions. It is immutable.
type roles struct {
	parts map[ocpp.Action]role
	data  map[ocpp.Version]ocpp.ActionInfo // DataTransfer
}

func newRoles(protocols []*ocpp.Protocol) roles {
	r := roles{parts: make(map[ocpp.Action]role), data: make(map[ocpp.Version]ocpp.ActionInfo)}
	for _, p := range protocols {
		for info := range p.Actions() {
			part := roleOf(info)
			if part == roleData {
				r.data[p.Version()] = info
			}
			if part != roleOther {
				r.parts[ocpp.Action{Version: p.Version(), Name: info.Name}] = part
			}
		}
	}
	return r
}

func roleOf(info ocpp.ActionInfo) role {
	switch info.NewRequest().(type) {
	case ocpp.BootRequest:
		return roleBoot
	case ocpp.ReportMessage:
		return roleReport
	case ocpp.DataTransferRequest:
		return roleData
	}
	return roleOther
}

func (r roles) of(a ocpp.Action) role { return r.parts[a] }
