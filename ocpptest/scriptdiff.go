package ocpptest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
)

// differences compares a message with what is expected, as JSON, and returns a line for each difference.
func (v values) differences(want, got string) []string {
	w, err := parseJSON(want)
	if err != nil {
		return []string{"the script expects what is not JSON: " + err.Error()}
	}
	g, err := parseJSON(got)
	if err != nil {
		return []string{"is not JSON: " + err.Error()}
	}
	return v.compare("", w, g)
}

// parseJSON reads one value, numbers as they are written.
func parseJSON(text string) (any, error) {
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("something follows the end")
	}
	return value, nil
}

func (v values) compare(pointer string, want, got any) []string {
	switch w := want.(type) {
	case map[string]any:
		if g, ok := got.(map[string]any); ok {
			return v.compareObjects(pointer, w, g)
		}
	case []any:
		if g, ok := got.([]any); ok {
			return v.compareLists(pointer, w, g)
		}
	case string:
		if name, ok := nameOf(w); ok {
			if instead := v.bind(name, got); instead != "" {
				return []string{differ(pointer, got, instead)}
			}
			return nil
		}
	}
	if shown(want) != shown(got) {
		return []string{differ(pointer, got, shown(want))}
	}
	return nil
}

func (v values) compareObjects(pointer string, want, got map[string]any) (list []string) {
	names := slices.Sorted(maps.Keys(want))
	for _, name := range names {
		at := pointer + "/" + name
		if g, ok := got[name]; ok {
			list = append(list, v.compare(at, want[name], g)...)
		} else {
			list = append(list, at+": is missing, want "+shown(want[name]))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[name]; !ok {
			list = append(list, pointer+"/"+name+": got "+shown(got[name])+", want nothing")
		}
	}
	return list
}

func (v values) compareLists(pointer string, want, got []any) (list []string) {
	for i := range min(len(want), len(got)) {
		list = append(list, v.compare(pointer+"/"+strconv.Itoa(i), want[i], got[i])...)
	}
	if len(want) != len(got) {
		list = append(list, fmt.Sprintf("%s: got %d elements, want %d", pointer, len(got), len(want)))
	}
	return list
}

func differ(pointer string, got any, want string) string {
	return pointer + ": got " + shown(got) + ", want " + want
}

func shown(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
