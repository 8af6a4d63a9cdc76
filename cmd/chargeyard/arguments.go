package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

func isTime(t reflect.Type) bool { return t == reflect.TypeFor[time.Time]() }

// isObject reports whether a value of the type has parts of its own.
func isObject(t reflect.Type) bool { return t.Kind() == reflect.Struct && !isTime(t) }

func isRaw(t reflect.Type) bool { return t == reflect.TypeFor[json.RawMessage]() }

// readArguments makes the arguments of a verb of NAME=VALUE words. A word may also be a whole object: JSON, @FILE or -.
func readArguments(kind fleet.VerbKind, words []string, stdin io.Reader) (map[string]any, error) {
	arguments := map[string]any{}
	for _, word := range words {
		name, value, named := strings.Cut(word, "=")
		if !named || strings.HasPrefix(word, "{") || strings.HasPrefix(word, "@") {
			object, err := readPayload(word, stdin)
			if err != nil {
				return nil, fmt.Errorf("%w; give NAME=VALUE, or a JSON object", err)
			}
			if err := json.Unmarshal(object, &arguments); err != nil {
				return nil, err
			}
			continue
		}
		if err := setArgument(arguments, reflect.TypeOf(kind.New()).Elem(), name, name, value); err != nil {
			return nil, fmt.Errorf("%w; \"chargeyard verbs %s\" lists the arguments", err, kind.Name)
		}
	}
	return arguments, nil
}

// setArgument sets one argument of an object of type t. path is what is left of its whole name.
func setArgument(object map[string]any, t reflect.Type, whole, path, value string) error {
	step, rest, deeper := strings.Cut(path, ".")
	name, field, ok := fieldOf(t, step)
	switch {
	case !ok:
		return fmt.Errorf("there is no argument %s", whole)
	case deeper && !isObject(field):
		return fmt.Errorf("%s has no parts", strings.TrimSuffix(whole, "."+rest))
	case deeper:
		return setArgument(part(object, name), field, whole, rest, value)
	case isObject(field) && !strings.HasPrefix(value, "{"):
		first, _, _ := strings.Cut(field.Field(0).Tag.Get("json"), ",") // idToken=CAFE means idToken.value=CAFE
		return setArgument(part(object, name), field, whole, first, value)
	}
	v, err := readArgument(field, value)
	if err != nil {
		return fmt.Errorf("%s=%s: %w", whole, value, err)
	}
	object[name] = v
	return nil
}

// part returns the object under a name, which is made if it is not there.
func part(object map[string]any, name string) map[string]any {
	inner, ok := object[name].(map[string]any)
	if !ok {
		inner = map[string]any{}
		object[name] = inner
	}
	return inner
}

// fieldOf finds the field of a struct with a JSON name, in any case.
func fieldOf(t reflect.Type, name string) (found string, field reflect.Type, ok bool) {
	for f := range t.Fields() {
		if f.Anonymous {
			if found, field, ok = fieldOf(f.Type, name); ok {
				return found, field, ok
			}
			continue
		}
		found, _, _ = strings.Cut(f.Tag.Get("json"), ",")
		if found != "-" && strings.EqualFold(found, name) {
			field = f.Type
			if field.Kind() == reflect.Pointer {
				field = field.Elem()
			}
			return found, field, true
		}
	}
	return "", nil, false
}

// readArgument reads a value of a type.
func readArgument(t reflect.Type, value string) (any, error) {
	switch t.Kind() {
	case reflect.String:
		return value, nil
	case reflect.Bool:
		if value != "true" && value != "false" {
			return nil, errors.New("say true or false")
		}
		return value == "true", nil
	case reflect.Int, reflect.Int64, reflect.Float64:
		if _, err := strconv.ParseFloat(value, 64); err != nil {
			return nil, errors.New("this is no number")
		}
		return json.Number(value), nil
	case reflect.Slice:
		if t.Elem().Kind() == reflect.String {
			return strings.Split(value, ","), nil
		}
	}
	if isTime(t) {
		return value, nil
	}
	if json.Valid([]byte(value)) {
		return json.RawMessage(value), nil
	}
	if isRaw(t) {
		return value, nil // a text needs no quotes
	}
	return nil, errors.New("this is no JSON")
}
