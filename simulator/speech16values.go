package simulator

import (
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// units16 are the units that OCPP 1.6 knows of those that we have.
var units16 = map[string]ocpp16.UnitOfMeasure{
	"Wh": ocpp16.UnitOfMeasureWh, "W": ocpp16.UnitOfMeasureW, "A": ocpp16.UnitOfMeasureA, "V": ocpp16.UnitOfMeasureV,
	"Celsius": ocpp16.UnitOfMeasureCelsius, "Percent": ocpp16.UnitOfMeasurePercent,
}

func meterValue16(at time.Time, readContext string, values []value) ocpp16.MeterValue {
	mv := ocpp16.MeterValue{Timestamp: ocpp.At(at)}
	for _, v := range values {
		mv.SampledValue = append(mv.SampledValue, ocpp16.SampledValue{
			Value: v.number.String(), Context: ocpp16.ReadingContext(readContext), Measurand: ocpp16.Measurand(v.measurand),
			Phase: ocpp16.Phase(v.phase), Location: ocpp16.Location(v.location), Unit: units16[v.unit],
		})
	}
	return mv
}
