package sqlite

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

func (w *writer) variablesReported(e fleet.VariablesReported) (fleet.Result, error) {
	if err := w.ensureStation(e.Station, e.Received); err != nil {
		return fleet.Result{}, err
	}
	now := fleet.Micros(e.Received)
	var number int64
	if e.Part != nil {
		var fresh bool
		var err error
		number, fresh, err = w.reportPart(e.Station, fleet.ReportVariables, now, *e.Part, variablesContent(e.List))
		if err != nil || !fresh {
			return fleet.Result{Duplicate: !fresh}, err
		}
	}
	for _, v := range e.List {
		if err := w.putVariable(v); err != nil {
			return fleet.Result{}, err
		}
	}
	if err := w.desiredTold(e.Station, e.List); err != nil {
		return fleet.Result{}, err
	}
	if e.Part != nil {
		return fleet.Result{}, w.reportNotice(e, fleet.ReportVariables, number, *e.Part, len(e.List), now)
	}
	return fleet.Result{}, w.notice(e.Received, fleet.NoticeVariables, e.Station, struct {
		Action  string `json:"action"`
		Entries int    `json:"entries"`
	}{e.Action, len(e.List)})
}

// variablesContent leaves out when the variables arrived.
func variablesContent(list []fleet.Variable) []fleet.Variable {
	content := make([]fleet.Variable, len(list))
	for i, v := range list {
		v.Received = time.Time{}
		content[i] = v
	}
	return content
}

// putVariable keeps what is told of a variable now. What a message does not tell of its nature stays as it was told
// before: an answer to a question tells the value only. A value that was written, not read, shows only where one was read
// before: what nobody has read may be for writing only. A new variable needs room.
func (w *writer) putVariable(v fleet.Variable) error {
	v = tidyVariable(v)
	w.supportChanges(v)
	key := v.Key()
	args := append(variableArgs(v), v.Station, key)
	n, err := w.execCount(`UPDATE variables SET value = CASE WHEN ? = 1 AND COALESCE(value, ?) = ? THEN ? ELSE ? END, mutability = CASE WHEN ? = '' THEN mutability ELSE ? END,
			persistent = COALESCE(?, persistent), constant = COALESCE(?, constant),
			data_type = CASE WHEN ? = '' THEN data_type ELSE ? END, unit = CASE WHEN ? = '' THEN unit ELSE ? END,
			min_limit = CASE WHEN ? = '' THEN min_limit ELSE ? END, max_limit = CASE WHEN ? = '' THEN max_limit ELSE ? END,
			max_elements = COALESCE(?, max_elements), values_list = CASE WHEN ? = '' THEN values_list ELSE ? END,
			supports_monitoring = COALESCE(?, supports_monitoring), source = ?, time = ?, received = ?
		WHERE station = ? AND key = ?`, args...)
	if err != nil || n > 0 {
		return err
	}
	if room, err := w.room(v.Station, fleet.KeptVariables); err != nil || !room {
		return err
	}
	args = append([]any{v.Station, key, v.Attribute}, settingArgs(v.Setting)...)
	err = w.exec(`INSERT INTO variables (station, key, attribute, `+settingColumns+`, value, mutability, persistent, constant, data_type,
			unit, min_limit, max_limit, max_elements, values_list, supports_monitoring, source, time, received)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, append(args, newVariableArgs(v)...)...)
	if err != nil {
		return err
	}
	_, err = w.count(v.Station, fleet.KeptVariables)
	return err
}

// tidyVariable returns v with texts that can be kept.
func tidyVariable(v fleet.Variable) fleet.Variable {
	v.Setting = v.Setting.Tidy()
	if v.Value != nil {
		value := fleet.Clip(*v.Value, 4*maxText) // 2,500 characters
		v.Value = &value
	}
	for _, text := range []*string{&v.Attribute, &v.Mutability, &v.DataType, &v.Unit} {
		*text = fleet.Clip(*text, maxWord)
	}
	v.ValuesList = fleet.Clip(v.ValuesList, maxText)
	return v
}

// newVariableArgs are the columns that are not its name.
func newVariableArgs(v fleet.Variable) []any {
	if hidden := fleet.Hidden; v.Written {
		v.Value = &hidden
	}
	return []any{
		v.Value, v.Mutability, optionalFlag(v.Persistent), optionalFlag(v.Constant), v.DataType, v.Unit, string(v.MinLimit), string(v.MaxLimit),
		v.MaxElements, v.ValuesList, optionalFlag(v.SupportsMonitoring), v.Source, at(v.Time), fleet.Micros(v.Received),
	}
}

// variableArgs are the same for an update, which asks for each text twice.
func variableArgs(v fleet.Variable) []any {
	return []any{
		flag(v.Written), fleet.Hidden, fleet.Hidden, fleet.Hidden, v.Value, v.Mutability, v.Mutability, optionalFlag(v.Persistent), optionalFlag(v.Constant), v.DataType, v.DataType, v.Unit, v.Unit,
		string(v.MinLimit), string(v.MinLimit), string(v.MaxLimit), string(v.MaxLimit), v.MaxElements, v.ValuesList, v.ValuesList,
		optionalFlag(v.SupportsMonitoring), v.Source, at(v.Time), fleet.Micros(v.Received),
	}
}
