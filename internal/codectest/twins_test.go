package codectest

import (
	"math"
	"strconv"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
)

// The twins have the fields of generated messages but no codec of their own, as one would write them for encoding/json:
// pointers for what is optional, time.Time, float64. They check what the generated Validate methods check.

type validator interface{ Validate() error }

// first returns the first error.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func optText(name string, s *string, maxLen int) error {
	if s == nil {
		return nil
	}
	return ocpp.CheckString(name, *s, maxLen)
}

type known interface {
	~string
	Known() bool
}

func enum[E known](name string, e E) error { return ocpp.CheckEnum(name, string(e), e.Known()) }

func optEnum[E known](name string, e E) error {
	if e == "" {
		return nil
	}
	return enum(name, e)
}

func needTime(name string, t time.Time) error { return ocpp.CheckTime(name, ocpp.At(t)) }

func each[T any](name string, items []T, check func(*T) error) error {
	for i := range items {
		if err := check(&items[i]); err != nil {
			return ocpp.WithinItem(name, i, err)
		}
	}
	return nil
}

func tenths(name string, f float64) error {
	if x := f * 10; math.Abs(x-math.Round(x)) > 1e-6 {
		return ocpp.Invalid(ocpp.RuleRange, name, "is not a multiple of 0.1")
	}
	return nil
}

type heartbeatTwin struct{}

func (*heartbeatTwin) Validate() error { return nil }

type bootTwin struct {
	ChargePointVendor       string  `json:"chargePointVendor"`
	ChargePointModel        string  `json:"chargePointModel"`
	ChargePointSerialNumber *string `json:"chargePointSerialNumber,omitempty"`
	ChargeBoxSerialNumber   *string `json:"chargeBoxSerialNumber,omitempty"`
	FirmwareVersion         *string `json:"firmwareVersion,omitempty"`
	ICCID                   *string `json:"iccid,omitempty"`
	IMSI                    *string `json:"imsi,omitempty"`
	MeterType               *string `json:"meterType,omitempty"`
	MeterSerialNumber       *string `json:"meterSerialNumber,omitempty"`
}

func (v *bootTwin) Validate() error {
	return first(
		ocpp.CheckString("chargePointVendor", v.ChargePointVendor, 20), ocpp.CheckString("chargePointModel", v.ChargePointModel, 20),
		optText("chargePointSerialNumber", v.ChargePointSerialNumber, 25),
		optText("chargeBoxSerialNumber", v.ChargeBoxSerialNumber, 25), optText("firmwareVersion", v.FirmwareVersion, 50),
		optText("iccid", v.ICCID, 20), optText("imsi", v.IMSI, 20), optText("meterType", v.MeterType, 25),
		optText("meterSerialNumber", v.MeterSerialNumber, 25))
}

type startTwin struct {
	ConnectorID   int       `json:"connectorId"`
	IDTag         string    `json:"idTag"`
	MeterStart    int64     `json:"meterStart"`
	Timestamp     time.Time `json:"timestamp"`
	ReservationID *int      `json:"reservationId,omitempty"`
}

func (v *startTwin) Validate() error {
	return first(ocpp.CheckString("idTag", v.IDTag, 20), needTime("timestamp", v.Timestamp))
}

type meterTwin struct {
	ConnectorID   int            `json:"connectorId"`
	MeterValue    []meterValue16 `json:"meterValue"`
	TransactionID *int64         `json:"transactionId,omitempty"`
}

type meterValue16 struct {
	Timestamp    time.Time        `json:"timestamp"`
	SampledValue []sampledValue16 `json:"sampledValue"`
}

type sampledValue16 struct {
	Value     string                `json:"value"`
	Context   ocpp16.ReadingContext `json:"context,omitempty"`
	Format    ocpp16.ValueFormat    `json:"format,omitempty"`
	Measurand ocpp16.Measurand      `json:"measurand,omitempty"`
	Phase     ocpp16.Phase          `json:"phase,omitempty"`
	Location  ocpp16.Location       `json:"location,omitempty"`
	Unit      ocpp16.UnitOfMeasure  `json:"unit,omitempty"`
}

func (v *meterTwin) Validate() error {
	return first(ocpp.CheckItems("meterValue", len(v.MeterValue), v.MeterValue == nil, 0, 0),
		each("meterValue", v.MeterValue, (*meterValue16).check))
}

func (v *meterValue16) check() error {
	return first(needTime("timestamp", v.Timestamp),
		ocpp.CheckItems("sampledValue", len(v.SampledValue), v.SampledValue == nil, 0, 0),
		each("sampledValue", v.SampledValue, (*sampledValue16).check))
}

func (v *sampledValue16) check() error {
	return first(ocpp.CheckString("value", v.Value, 0), optEnum("context", v.Context), optEnum("format", v.Format),
		optEnum("measurand", v.Measurand), optEnum("phase", v.Phase), optEnum("location", v.Location), optEnum("unit", v.Unit))
}

type profileTwin struct {
	ConnectorID        int       `json:"connectorId"`
	CSChargingProfiles profile16 `json:"csChargingProfiles"`
}

type profile16 struct {
	ChargingProfileID      int                           `json:"chargingProfileId"`
	StackLevel             int                           `json:"stackLevel"`
	ChargingProfilePurpose ocpp16.ChargingProfilePurpose `json:"chargingProfilePurpose"`
	ChargingProfileKind    ocpp16.ChargingProfileKind    `json:"chargingProfileKind"`
	ChargingSchedule       schedule16                    `json:"chargingSchedule"`
	TransactionID          *int64                        `json:"transactionId,omitempty"`
	RecurrencyKind         ocpp16.RecurrencyKind         `json:"recurrencyKind,omitempty"`
	ValidFrom              *time.Time                    `json:"validFrom,omitempty"`
	ValidTo                *time.Time                    `json:"validTo,omitempty"`
}

type schedule16 struct {
	ChargingRateUnit       ocpp16.ChargingRateUnit `json:"chargingRateUnit"`
	ChargingSchedulePeriod []period16              `json:"chargingSchedulePeriod"`
	Duration               *int                    `json:"duration,omitempty"`
	StartSchedule          *time.Time              `json:"startSchedule,omitempty"`
	MinChargingRate        *float64                `json:"minChargingRate,omitempty"`
}

type period16 struct {
	StartPeriod  int     `json:"startPeriod"`
	Limit        float64 `json:"limit"`
	NumberPhases *int    `json:"numberPhases,omitempty"`
}

func (v *profileTwin) Validate() error {
	return ocpp.Within("csChargingProfiles", v.CSChargingProfiles.check())
}

func (v *profile16) check() error {
	return first(enum("chargingProfilePurpose", v.ChargingProfilePurpose), enum("chargingProfileKind", v.ChargingProfileKind),
		ocpp.Within("chargingSchedule", v.ChargingSchedule.check()), optEnum("recurrencyKind", v.RecurrencyKind))
}

func (v *schedule16) check() error {
	err := first(enum("chargingRateUnit", v.ChargingRateUnit),
		ocpp.CheckItems("chargingSchedulePeriod", len(v.ChargingSchedulePeriod), v.ChargingSchedulePeriod == nil, 0, 0),
		each("chargingSchedulePeriod", v.ChargingSchedulePeriod, func(p *period16) error { return tenths("limit", p.Limit) }))
	if err == nil && v.MinChargingRate != nil {
		err = tenths("minChargingRate", *v.MinChargingRate)
	}
	return err
}

type custom201 struct {
	VendorID string `json:"vendorId"`
}

type eventTwin struct {
	EventType          ocpp201.TransactionEvent `json:"eventType"`
	Timestamp          time.Time                `json:"timestamp"`
	TriggerReason      ocpp201.TriggerReason    `json:"triggerReason"`
	SeqNo              int                      `json:"seqNo"`
	TransactionInfo    transaction201           `json:"transactionInfo"`
	MeterValue         []meterValue201          `json:"meterValue,omitempty"`
	Offline            *bool                    `json:"offline,omitempty"`
	NumberOfPhasesUsed *int                     `json:"numberOfPhasesUsed,omitempty"`
	CableMaxCurrent    *int                     `json:"cableMaxCurrent,omitempty"`
	ReservationID      *int                     `json:"reservationId,omitempty"`
	EVSE               *evse201                 `json:"evse,omitempty"`
	IDToken            *idToken201              `json:"idToken,omitempty"`
	CustomData         *custom201               `json:"customData,omitempty"`
}

type transaction201 struct {
	TransactionID     string                `json:"transactionId"`
	ChargingState     ocpp201.ChargingState `json:"chargingState,omitempty"`
	TimeSpentCharging *int                  `json:"timeSpentCharging,omitempty"`
	StoppedReason     ocpp201.Reason        `json:"stoppedReason,omitempty"`
	RemoteStartID     *int                  `json:"remoteStartId,omitempty"`
	CustomData        *custom201            `json:"customData,omitempty"`
}

type evse201 struct {
	ID          int        `json:"id"`
	ConnectorID *int       `json:"connectorId,omitempty"`
	CustomData  *custom201 `json:"customData,omitempty"`
}

type idToken201 struct {
	IDToken        string              `json:"idToken"`
	Type           ocpp201.IDTokenType `json:"type"`
	AdditionalInfo []struct {
		AdditionalIDToken string `json:"additionalIdToken"`
		Type              string `json:"type"`
	} `json:"additionalInfo,omitempty"`
	CustomData *custom201 `json:"customData,omitempty"`
}

type meterValue201 struct {
	SampledValue []sampledValue201 `json:"sampledValue"`
	Timestamp    time.Time         `json:"timestamp"`
	CustomData   *custom201        `json:"customData,omitempty"`
}

type sampledValue201 struct {
	Value            float64                `json:"value"`
	Context          ocpp201.ReadingContext `json:"context,omitempty"`
	Measurand        ocpp201.Measurand      `json:"measurand,omitempty"`
	Phase            ocpp201.Phase          `json:"phase,omitempty"`
	Location         ocpp201.Location       `json:"location,omitempty"`
	SignedMeterValue *struct {
		SignedMeterData string `json:"signedMeterData"`
		SigningMethod   string `json:"signingMethod"`
		EncodingMethod  string `json:"encodingMethod"`
		PublicKey       string `json:"publicKey"`
	} `json:"signedMeterValue,omitempty"`
	UnitOfMeasure *unit201   `json:"unitOfMeasure,omitempty"`
	CustomData    *custom201 `json:"customData,omitempty"`
}

type unit201 struct {
	Unit       *string    `json:"unit,omitempty"`
	Multiplier *int       `json:"multiplier,omitempty"`
	CustomData *custom201 `json:"customData,omitempty"`
}

func (v *eventTwin) Validate() error {
	err := first(enum("eventType", v.EventType), needTime("timestamp", v.Timestamp), enum("triggerReason", v.TriggerReason),
		ocpp.CheckString("transactionInfo", v.TransactionInfo.TransactionID, 36),
		optEnum("chargingState", v.TransactionInfo.ChargingState), optEnum("stoppedReason", v.TransactionInfo.StoppedReason),
		each("meterValue", v.MeterValue, (*meterValue201).check))
	if err == nil && v.IDToken != nil {
		err = first(ocpp.CheckString("idToken", v.IDToken.IDToken, 36), enum("type", v.IDToken.Type))
	}
	return err
}

func (v *meterValue201) check() error {
	return first(ocpp.CheckItems("sampledValue", len(v.SampledValue), v.SampledValue == nil, 1, 0),
		each("sampledValue", v.SampledValue, (*sampledValue201).check), needTime("timestamp", v.Timestamp))
}

func (v *sampledValue201) check() error {
	err := first(optEnum("context", v.Context), optEnum("measurand", v.Measurand), optEnum("phase", v.Phase),
		optEnum("location", v.Location))
	if err == nil && v.UnitOfMeasure != nil {
		err = optText("unit", v.UnitOfMeasure.Unit, 20)
	}
	return err
}

type reportTwin struct {
	RequestID   int         `json:"requestId"`
	GeneratedAt time.Time   `json:"generatedAt"`
	SeqNo       int         `json:"seqNo"`
	ReportData  []report201 `json:"reportData,omitempty"`
	TBC         *bool       `json:"tbc,omitempty"`
	CustomData  *custom201  `json:"customData,omitempty"`
}

type report201 struct {
	Component               component201        `json:"component"`
	Variable                variable201         `json:"variable"`
	VariableAttribute       []attribute201      `json:"variableAttribute"`
	VariableCharacteristics *characteristics201 `json:"variableCharacteristics,omitempty"`
	CustomData              *custom201          `json:"customData,omitempty"`
}

type component201 struct {
	Name       string     `json:"name"`
	EVSE       *evse201   `json:"evse,omitempty"`
	Instance   *string    `json:"instance,omitempty"`
	CustomData *custom201 `json:"customData,omitempty"`
}

type variable201 struct {
	Name       string     `json:"name"`
	Instance   *string    `json:"instance,omitempty"`
	CustomData *custom201 `json:"customData,omitempty"`
}

type attribute201 struct {
	Type       ocpp201.AttributeType `json:"type,omitempty"`
	Value      *string               `json:"value,omitempty"`
	Mutability ocpp201.Mutability    `json:"mutability,omitempty"`
	Persistent *bool                 `json:"persistent,omitempty"`
	Constant   *bool                 `json:"constant,omitempty"`
	CustomData *custom201            `json:"customData,omitempty"`
}

type characteristics201 struct {
	DataType           ocpp201.DataType `json:"dataType"`
	SupportsMonitoring bool             `json:"supportsMonitoring"`
	Unit               *string          `json:"unit,omitempty"`
	MinLimit           *float64         `json:"minLimit,omitempty"`
	MaxLimit           *float64         `json:"maxLimit,omitempty"`
	ValuesList         *string          `json:"valuesList,omitempty"`
	CustomData         *custom201       `json:"customData,omitempty"`
}

func (v *reportTwin) Validate() error {
	return first(needTime("generatedAt", v.GeneratedAt), each("reportData", v.ReportData, (*report201).check))
}

func (v *report201) check() error {
	err := first(ocpp.CheckString("component", v.Component.Name, 50), optText("instance", v.Component.Instance, 50),
		ocpp.CheckString("variable", v.Variable.Name, 50), optText("instance", v.Variable.Instance, 50),
		ocpp.CheckItems("variableAttribute", len(v.VariableAttribute), v.VariableAttribute == nil, 1, 4),
		each("variableAttribute", v.VariableAttribute, func(a *attribute201) error {
			return first(optEnum("type", a.Type), optText("value", a.Value, 2500), optEnum("mutability", a.Mutability))
		}))
	if c := v.VariableCharacteristics; err == nil && c != nil {
		err = first(enum("dataType", c.DataType), optText("unit", c.Unit, 16), optText("valuesList", c.ValuesList, 1000))
	}
	return err
}

// samples are the messages of the benchmarks: whole frames, and the most allocations that decoding one may cost.
func samples() []sample {
	return []sample{
		{"Boot", "boot16.json", func() any { return new(ocpp16.BootNotificationRequest) }, func() validator { return new(bootTwin) }, 1},
		{"Heartbeat", "heartbeat16.json", func() any { return new(ocpp16.HeartbeatRequest) }, func() validator { return new(heartbeatTwin) }, 0},
		{"MeterValues", "meter16.json", func() any { return new(ocpp16.MeterValuesRequest) }, func() validator { return new(meterTwin) }, 4},
		{"StartTransaction", "start16.json", func() any { return new(ocpp16.StartTransactionRequest) }, func() validator { return new(startTwin) }, 1},
		{"SetChargingProfile", "setprofile16.json", func() any { return new(ocpp16.SetChargingProfileRequest) }, func() validator { return new(profileTwin) }, 4},
		{"TransactionEvent", "txevent201.json", func() any { return new(ocpp201.TransactionEventRequest) }, func() validator { return new(eventTwin) }, 10},
		{"NotifyReport", "notifyreport201.json", func() any { return new(ocpp201.NotifyReportRequest) }, func() validator { return new(reportTwin) }, 33},
	}
}

type sample struct {
	name, file string
	make       func() any
	twin       func() validator
	allocs     float64
}

func (s sample) String() string {
	return s.name + " (" + strconv.FormatFloat(s.allocs, 'f', -1, 64) + ")"
}
