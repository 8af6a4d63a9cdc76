package fleet

// operationVerbs are about the station as a machine.
func operationVerbs() []VerbKind {
	return []VerbKind{
		verb[ResetRequest]("Restart a station, or one EVSE", `hard: at once. OCPP 1.6 restarts without ending transactions first; in 2.x (Immediate) the station ends them.
soft: gently. A station of 1.6 ends its transactions and restarts; one of 2.x (OnIdle) waits until none goes on and answers
Scheduled. onIdle: that, and nothing else: 1.6 does not have it. resume: at once, and go on with the transactions
afterwards (2.1). Accepted means that the station will restart; it has when it boots.`, `{"mode":"soft"}`),
		verb[AvailabilityRequest]("Take a place into service or out of it", `Without an EVSE it is the whole station. Scheduled means: when the transaction there has ended. The new status comes
with the station's own messages.`, `{"operational":false,"evse":1}`),
		verb[TriggerRequest]("Ask for a message", `The station sends the message after its answer, if it accepts. In OCPP 1.6 signCertificate and logStatus go as
ExtendedTriggerMessage of the security extension, everything else as TriggerMessage unless "extended" says otherwise.`, `{"message":"status","evse":1}`),
		verb[ClearCacheRequest]("Clear the station's cache of authorizations", `Tokens that the station has seen before are asked about again. The local list stays.`, `{}`),
	}
}

// ResetMode says how a station restarts.
type ResetMode string

// The modes.
const (
	ResetHard   ResetMode = "hard"
	ResetSoft   ResetMode = "soft"
	ResetOnIdle ResetMode = "onIdle"
	ResetResume ResetMode = "resume"
)

// ResetRequest restarts a station or one EVSE.
type ResetRequest struct {
	Mode ResetMode `json:"mode,omitempty" enum:"hard,soft,onIdle,resume" doc:"Left out: soft"`
	EVSE int       `json:"evse,omitempty" minimum:"1" maximum:"2147483647" doc:"Only this EVSE (OCPP 2.x)" example:"1"`
}

// VerbName is the verb's name in the API.
func (*ResetRequest) VerbName() string { return "reset" }

// Check refuses modes that nobody knows.
func (r *ResetRequest) Check() error {
	switch r.Mode {
	case "", ResetHard, ResetSoft, ResetOnIdle, ResetResume:
		return nil
	}
	return WrongArgument("/mode", "not one of hard, soft, onIdle, resume")
}

// AvailabilityRequest takes a place into service or out of it.
type AvailabilityRequest struct {
	Operational bool `json:"operational" doc:"true: into service. false: out of it"`
	EVSE        int  `json:"evse,omitempty" minimum:"1" maximum:"2147483647" doc:"In OCPP 1.6 the number of the connector. Left out: the whole station" example:"1"`
	Connector   int  `json:"connector,omitempty" minimum:"1" maximum:"2147483647" doc:"Only this connector of the EVSE" example:"1"`
}

// VerbName is the verb's name in the API.
func (*AvailabilityRequest) VerbName() string { return "availability" }

// Check refuses a connector of no EVSE.
func (r *AvailabilityRequest) Check() error { return checkConnector(r.EVSE, r.Connector) }

// checkConnector refuses a connector of no EVSE.
func checkConnector(evse, connector int) error {
	if connector != 0 && evse == 0 {
		return WrongArgument("/connector", "say of which EVSE the connector is")
	}
	return nil
}

// TriggeredMessage is a message that a station can be asked for.
type TriggeredMessage string

// The messages.
const (
	TriggerBoot               TriggeredMessage = "boot"
	TriggerHeartbeat          TriggeredMessage = "heartbeat"
	TriggerStatus             TriggeredMessage = "status"
	TriggerMeterValues        TriggeredMessage = "meterValues"
	TriggerTransaction        TriggeredMessage = "transaction"
	TriggerFirmwareStatus     TriggeredMessage = "firmwareStatus"
	TriggerLogStatus          TriggeredMessage = "logStatus"
	TriggerDiagnosticsStatus  TriggeredMessage = "diagnosticsStatus"
	TriggerPublishStatus      TriggeredMessage = "publishStatus"
	TriggerSignCertificate    TriggeredMessage = "signCertificate"
	TriggerSignV2GCertificate TriggeredMessage = "signV2GCertificate"
	TriggerSignV2G20          TriggeredMessage = "signV2G20Certificate"
	TriggerSignCombined       TriggeredMessage = "signCombinedCertificate"
	TriggerCustom             TriggeredMessage = "custom"
)

// TriggerRequest asks for a message.
type TriggerRequest struct {
	Message   TriggeredMessage `json:"message" enum:"boot,heartbeat,status,meterValues,transaction,firmwareStatus,logStatus,diagnosticsStatus,publishStatus,signCertificate,signV2GCertificate,signV2G20Certificate,signCombinedCertificate,custom" doc:"Which. diagnosticsStatus: OCPP 1.6. transaction, publishStatus, signV2GCertificate, signCombinedCertificate: 2.x. signV2G20Certificate, custom: 2.1"`
	EVSE      int              `json:"evse,omitempty" minimum:"1" maximum:"2147483647" doc:"About this EVSE; in OCPP 1.6 the number of the connector. Left out: about all" example:"1"`
	Connector int              `json:"connector,omitempty" minimum:"1" maximum:"2147483647" doc:"About this connector of the EVSE" example:"1"`
	Custom    string           `json:"custom,omitempty" minLength:"1" maxLength:"50" doc:"With custom: the trigger's name, as the station knows it (OCPP 2.1)"`
	Extended  bool             `json:"extended,omitempty" doc:"OCPP 1.6: send ExtendedTriggerMessage also where TriggerMessage has the same message"`
}

// VerbName is the verb's name in the API.
func (*TriggerRequest) VerbName() string { return "trigger" }

// Check demands a message, and a name with custom and nowhere else.
func (r *TriggerRequest) Check() error {
	switch {
	case r.Message == "":
		return WrongArgument("/message", "say which message")
	case (r.Message == TriggerCustom) != (r.Custom != ""):
		return WrongArgument("/custom", `it goes with the message "custom", and is needed there`)
	}
	return checkConnector(r.EVSE, r.Connector)
}

// ClearCacheRequest clears the cache of authorizations.
type ClearCacheRequest struct{}

// VerbName is the verb's name in the API.
func (*ClearCacheRequest) VerbName() string { return "clear-cache" }

// Check refuses nothing.
func (*ClearCacheRequest) Check() error { return nil }
