package sqlite

import (
	"github.com/chargeyard/chargeyard/internal/fleet"
)

// desiresOf reads what is wanted of a station as the open batch has it: nothing, of most.
func (w *writer) desiresOf(station string) ([]fleet.DesiredValue, error) {
	return queryRows(w, selectDesired+" WHERE station = ?", desiredFields, station)
}

// desiredTold compares what is wanted with what was told, and is kept, of these variables.
func (w *writer) desiredTold(station string, list []fleet.Variable) error {
	wanted, err := w.desiresOf(station)
	if err != nil || len(wanted) == 0 {
		return err
	}
	told := map[string]bool{}
	for i := range list {
		told[tidyVariable(list[i]).Key()] = true
	}
	for _, d := range wanted {
		if !told[d.Key()] {
			continue
		}
		actual, err := w.actualValue(station, d.Key())
		if err != nil {
			return err
		}
		if err := w.putDesired(d.Told(actual)); err != nil {
			return err
		}
	}
	return nil
}

// desiredAnswered notes what a station answered to requests that set what is wanted.
func (w *writer) desiredAnswered(station string, answers []fleet.DeviceAnswer) error {
	wanted, err := w.desiresOf(station)
	if err != nil || len(wanted) == 0 {
		return err
	}
	byKey := map[string]fleet.DeviceAnswer{}
	for _, a := range answers {
		if a.Attribute != "" {
			byKey[fleet.Variable{Setting: a.Setting, Attribute: a.Attribute}.Key()] = a
		}
	}
	for _, d := range wanted {
		if a, ok := byKey[d.Key()]; ok {
			if err := w.putDesired(d.AnsweredBy(a)); err != nil {
				return err
			}
		}
	}
	return nil
}

// desiredRestarted notes that a station has started again.
func (w *writer) desiredRestarted(station string) error {
	wanted, err := w.desiresOf(station)
	for _, d := range wanted {
		if err == nil && d.State == fleet.DesiredReboot {
			err = w.putDesired(d.Restarted())
		}
	}
	return err
}
