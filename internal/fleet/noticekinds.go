package fleet

// NoticeKinds returns all kinds of notices. Of the kinds of records, RecordStreamValue is none: there are too many.
func NoticeKinds() []NoticeKind {
	return []NoticeKind{
		NoticeStationCreated, NoticeStationDeleted, NoticeStationChanged, NoticeBooted, NoticeStatus,
		NoticeSecurityEvent, NoticeJob, NoticeMonitoringEvents, NoticeReport, NoticeVariables, NoticeCertificateAsked, NoticeAnswered, NoticeDesired,
		NoticeAuthorization, NoticeTokenChanged, NoticeTokenDeleted,
		NoticeTokenGroupChanged, NoticeTokenGroupDeleted,
		NoticeReservation,
		NoticeCommandQueued, NoticeCommandSent, NoticeCommand, NoticeBulkStarted, NoticeBulkDone,
		NoticeTariffChanged, NoticeTariffDeleted, NoticeDefaultTariff,
		NoticeProfileChanged, NoticeProfileDeleted, NoticeSiteChanged, NoticeSiteDeleted, NoticeSiteShared,
		NoticeTransactionStarted, NoticeTransactionUpdated, NoticeTransactionEnded, NoticeTransactionConflict, NoticeTransactionAnomaly,
		NoticeTransactionLimited,
		NoticeKind(RecordReservation), NoticeKind(RecordNeeds), NoticeKind(RecordEVSchedule), NoticeKind(RecordLimit),
		NoticeKind(RecordProfile), NoticeKind(RecordPriority), NoticeKind(RecordScheduleRequest), NoticeKind(RecordDERAlarm),
		NoticeKind(RecordDEREvent), NoticeKind(RecordDERControl), NoticeKind(RecordBatterySwap), NoticeKind(RecordSettlement),
		NoticeKind(RecordVATCheck), NoticeKind(RecordStream), NoticeKind(RecordDataTransfer), NoticeKind(RecordContradiction), NoticeKind(RecordTariff),
	}
}
