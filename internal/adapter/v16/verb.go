package v16

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
)

// Instruct makes a request of OCPP 1.6 of a verb, or says why there is none with a *fleet.VerbError. It knows nothing but
// the verb: what the system must find out first is in the verb's fields already.
func Instruct(v fleet.Verb) (adapter.Instruction, error) {
	switch v := v.(type) {
	case *fleet.StartRequest:
		return askStart(v)
	case *fleet.StopRequest:
		return askStop(v)
	case *fleet.UnlockRequest:
		return askUnlock(v)
	case *fleet.ResetRequest:
		return askReset(v)
	case *fleet.AvailabilityRequest:
		return askAvailability(v)
	case *fleet.TriggerRequest:
		return askTrigger(v)
	case *fleet.LimitRequest:
		return askLimit(v)
	case *fleet.SetProfileRequest:
		return askInstall(v.Install)
	case *fleet.ClearProfilesRequest:
		return askClearProfiles(v)
	case *fleet.CompositeRequest:
		return askComposite(v)
	case *fleet.ReserveRequest:
		return askReserve(v)
	case *fleet.CancelReservationRequest:
		return askCancelReservation(v)
	case *fleet.ClearCacheRequest:
		return askClearCache()
	case *fleet.GetVariablesRequest:
		return askGetVariables(v)
	case *fleet.SetVariablesRequest:
		return askSetVariables(v)
	case *fleet.RotateKeyRequest:
		return askSetVariables(v.Setting("", "AuthorizationKey"))
	case *fleet.InstallCertificateRequest:
		return askInstallCertificate(v)
	case *fleet.DeleteCertificateRequest:
		return askDeleteCertificate(v)
	case *fleet.ListCertificatesRequest:
		return askListCertificates(v)
	case *fleet.LocalListVersionRequest:
		return askLocalListVersion()
	case *fleet.SendLocalListRequest:
		return askSendLocalList(v)
	case *fleet.UpdateFirmwareRequest:
		return askUpdateFirmware(v)
	case *fleet.GetLogRequest:
		return askGetLog(v)
	case *fleet.DataTransferRequest:
		return askData(v)
	}
	return nil, adapter.NoVerb(v, "1.6")
}

// connectorOf returns the number of the connector at a place: in OCPP 1.6 it is that of the EVSE, which has no other.
func connectorOf(evse, connector int) (int, error) {
	if connector > 1 && connector != evse {
		return 0, fleet.NotInVersion("/connector", "in OCPP 1.6 each connector counts as an EVSE of its own: give its number as evse, and leave connector out")
	}
	return evse, nil
}
