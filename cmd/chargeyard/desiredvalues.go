package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// readValues makes the values of the API of words: KEY=VALUE, COMPONENT.VARIABLE=VALUE, or a JSON object.
func readValues(words []string) (values []any, err error) {
	for _, word := range words {
		v, err := readValue(word)
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return values, nil
}

func readValue(word string) (any, error) {
	if strings.HasPrefix(word, "{") {
		var object map[string]any
		if err := json.Unmarshal([]byte(word), &object); err != nil {
			return nil, fmt.Errorf("%s is not a JSON object: %w", word, err)
		}
		return object, nil
	}
	name, value, ok := strings.Cut(word, "=")
	if !ok || name == "" {
		return nil, fmt.Errorf("%q: give KEY=VALUE or COMPONENT.VARIABLE=VALUE; a key with a dot or an equals sign in it goes into a JSON object, such as {\"variable\":\"a.b\",\"value\":\"1\"}", word)
	}
	component, variable, dotted := strings.Cut(name, ".")
	if !dotted {
		return map[string]string{"variable": name, "value": value}, nil
	}
	return map[string]string{"component": component, "variable": variable, "value": value}, nil
}
