package sqlite

import "github.com/chargeyard/chargeyard/internal/fleet"

// recordTables returns the table of each kind of record.
func recordTables() map[fleet.RecordKind]recordTable {
	return map[fleet.RecordKind]recordTable{
		fleet.RecordReservation: newRecordTable("reservation_updates", "reservation_id, status", reservationUpdateFields),
		fleet.RecordNeeds: newRecordTable("charging_needs", `evse, time, energy_transfer, available_transfers, departure_time, max_schedule_tuples, control_mode,
			mobility_needs_mode, energy_amount, min_current, max_current, max_voltage, min_power, max_power, energy_capacity,
			state_of_charge, full_soc, bulk_soc, details, answer`, chargingNeedsFields),
		fleet.RecordEVSchedule: newRecordTable("ev_schedules", "evse, time_base, selected_schedule, tolerance_accepted, schedules, answer", evScheduleFields),
		fleet.RecordLimit:      newRecordTable("charging_limits", "evse, source, cleared, grid_critical, local_generation, schedules", chargingLimitFields),
		fleet.RecordProfile: newRecordTable("installed_profiles", `evse, profile_id, source, stack_level, purpose, type, recurrency, valid_from, valid_to, transaction_id,
			schedules, request_id, upkeep`, chargingProfileFields),
		fleet.RecordPriority:        newRecordTable("priority_charging", "transaction_id, activated", priorityChargingFields),
		fleet.RecordScheduleRequest: newRecordTable("schedule_requests", "profile_id, answer", scheduleRequestFields),
		fleet.RecordDERAlarm:        newRecordTable("der_alarms", "control_type, time, ended, fault, extra_info", derAlarmFields),
		fleet.RecordDEREvent:        newRecordTable("der_control_events", "control_id, started, time, superseded", derEventFields),
		fleet.RecordDERControl:      newRecordTable("der_controls", "control_id, control_type, is_default, is_superseded, priority, start_time, duration, settings, request_id, accepted", derControlFields),
		fleet.RecordBatterySwap: newRecordTable("battery_swaps", `request_id, event, id_token, id_token_type, evse, serial_number, state_of_charge, state_of_health,
			production_date, vendor_info`, batterySwapFields),
		fleet.RecordSettlement: newRecordTable("settlements", `psp_ref, status, status_info, amount, time, transaction_id, receipt_id, receipt_url, vat_number, company,
			address, city, postal_code, country`, settlementFields),
		fleet.RecordVATCheck:      newRecordTable("vat_checks", "vat_number, evse, answer", vatCheckFields),
		fleet.RecordStream:        newRecordTable("event_streams", "stream_id, is_open, monitor_id, max_interval, max_values", eventStreamFields),
		fleet.RecordStreamValue:   newRecordTable("stream_values", "stream_id, time, value, pending", streamValueFields),
		fleet.RecordTariff:        newRecordTable("installed_tariffs", "evse, tariff_id, is_default, valid_from, accepted", installedTariffFields),
		fleet.RecordContradiction: newRecordTable("contradictions", "message, contradiction, evse, time, detail", contradictionFields),
		fleet.RecordDataTransfer:  newRecordTable("data_transfers", "vendor_id, message_id, data, answer, reply", dataTransferFields),
	}
}

func reservationUpdateFields(r *fleet.ReservationUpdate) []any {
	return []any{&r.ReservationID, &r.Status}
}

func chargingNeedsFields(r *fleet.ChargingNeeds) []any {
	return []any{
		&r.EVSE, instant{&r.Time}, &r.EnergyTransfer, asJSON{&r.AvailableTransfers}, instant{&r.DepartureTime},
		&r.MaxScheduleTuples, &r.ControlMode, &r.MobilityNeedsMode, &r.EnergyAmount, &r.MinCurrent, &r.MaxCurrent,
		&r.MaxVoltage, &r.MinPower, &r.MaxPower, &r.EnergyCapacity, &r.StateOfCharge, &r.FullSoC, &r.BulkSoC,
		rawJSON{&r.Details}, &r.Answer,
	}
}

func evScheduleFields(r *fleet.EVSchedule) []any {
	return []any{&r.EVSE, instant{&r.TimeBase}, &r.SelectedSchedule, &r.ToleranceAccepted, asJSON{&r.Schedules}, &r.Answer}
}

func chargingLimitFields(r *fleet.ChargingLimit) []any {
	return []any{&r.EVSE, &r.Source, &r.Cleared, &r.GridCritical, &r.LocalGeneration, asJSON{&r.Schedules}}
}

func chargingProfileFields(r *fleet.ChargingProfile) []any {
	return []any{
		&r.EVSE, &r.ProfileID, &r.Source, &r.StackLevel, &r.Purpose, &r.Type, &r.Recurrency, instant{&r.ValidFrom},
		instant{&r.ValidTo}, &r.TransactionID, asJSON{&r.Schedules}, &r.RequestID, asJSON{&r.ProfileUpkeep},
	}
}

func priorityChargingFields(r *fleet.PriorityCharging) []any {
	return []any{&r.TransactionID, &r.Activated}
}

func scheduleRequestFields(r *fleet.ScheduleRequest) []any {
	return []any{&r.ProfileID, &r.Answer}
}

func derAlarmFields(r *fleet.DERAlarm) []any {
	return []any{&r.ControlType, instant{&r.Time}, &r.Ended, &r.Fault, &r.ExtraInfo}
}

func derEventFields(r *fleet.DERControlEvent) []any {
	return []any{&r.ControlID, &r.Started, instant{&r.Time}, asJSON{&r.Superseded}}
}

func derControlFields(r *fleet.DERControl) []any {
	return []any{
		&r.ControlID, &r.ControlType, &r.Default, &r.IsSuperseded, &r.Priority, instant{&r.StartTime}, &r.Duration,
		rawJSON{&r.Settings}, &r.RequestID, &r.Accepted,
	}
}

func batterySwapFields(r *fleet.BatterySwap) []any {
	return []any{
		&r.RequestID, &r.Event, &r.IDToken, &r.IDTokenType, &r.EVSE, &r.SerialNumber, &r.StateOfCharge,
		&r.StateOfHealth, instant{&r.ProductionDate}, &r.VendorInfo,
	}
}

func settlementFields(r *fleet.Settlement) []any {
	return []any{
		&r.PSPRef, &r.Status, &r.StatusInfo, &r.Amount, instant{&r.Time}, &r.TransactionID, &r.ReceiptID,
		&r.ReceiptURL, &r.VATNumber, &r.Company, &r.Address, &r.City, &r.PostalCode, &r.Country,
	}
}

func vatCheckFields(r *fleet.VATCheck) []any {
	return []any{&r.VATNumber, &r.EVSE, &r.Answer}
}

func eventStreamFields(r *fleet.EventStream) []any {
	return []any{&r.StreamID, &r.Open, &r.MonitorID, &r.Interval, &r.Values}
}

func streamValueFields(r *fleet.StreamValue) []any {
	return []any{&r.StreamID, instant{&r.Time}, rawJSON{&r.Value}, &r.Pending}
}

func dataTransferFields(r *fleet.DataTransfer) []any {
	return []any{&r.VendorID, &r.MessageID, rawJSON{&r.Data}, &r.Answer, rawJSON{&r.Reply}}
}

func installedTariffFields(r *fleet.InstalledTariff) []any {
	return []any{&r.EVSE, &r.TariffID, &r.Default, instant{&r.ValidFrom}, &r.Accepted}
}

func contradictionFields(r *fleet.Contradiction) []any {
	return []any{&r.Message, &r.What, &r.EVSE, instant{&r.Time}, &r.Detail}
}
