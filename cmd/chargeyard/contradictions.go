package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

// conflictView is what is shown of a conflict of the API.
type conflictView struct {
	Key        string          `json:"key"`
	ReceivedAt *time.Time      `json:"receivedAt"`
	First      json.RawMessage `json:"first"`
	Second     json.RawMessage `json:"second"`
}

// anomalyView is what is shown of an anomaly of the API.
type anomalyView struct {
	Anomaly    string     `json:"anomaly"`
	Key        string     `json:"key"`
	ReceivedAt *time.Time `json:"receivedAt"`
	Detail     string     `json:"detail"`
}

// contradictions says in words what messages contradict, when there is something.
func (t *transactionView) contradictions(ctx context.Context, client *apiclient.Client, s streams, now time.Time) error {
	var said facts
	if t.Conflicts > 0 {
		list, err := onePage[conflictView](ctx, client, apiclient.Path("transactions", t.ID, "conflicts"))
		if err != nil {
			return err
		}
		for _, c := range list {
			said.add("conflict, "+messageName(c.Key), c.words()+"; it came "+moment(c.ReceivedAt, now))
		}
	}
	if len(t.Anomalies) > 0 {
		list, err := onePage[anomalyView](ctx, client, apiclient.Path("transactions", t.ID, "anomalies"))
		if err != nil {
			return err
		}
		for _, a := range list {
			said.add("anomaly, "+messageName(a.Key), a.Anomaly+": "+a.Detail+"; it came "+moment(a.ReceivedAt, now))
		}
	}
	if len(said) == 0 {
		return nil
	}
	if _, err := fmt.Fprintln(s.out); err != nil {
		return err
	}
	return said.write(s.out)
}

// onePage gets a list that the API gives at once.
func onePage[T any](ctx context.Context, client *apiclient.Client, path string) ([]T, error) {
	body, err := client.Get(ctx, path, nil)
	if err != nil {
		return nil, err
	}
	var page struct{ Items []T }
	if err := json.Unmarshal(body, &page); err != nil {
		return nil, fmt.Errorf("the list %s cannot be read: %w", path, err)
	}
	return page.Items, nil
}

// messageName names the message of a key: a sequence number in OCPP 2.x, start or stop in 1.6.
func messageName(key string) string {
	if key == "" {
		return "a message"
	}
	if strings.Trim(key, "-0123456789") == "" {
		return "message " + key
	}
	return key
}

// maxDifferences bounds what a line says of one conflict.
const maxDifferences = 5

// words says what a message that came again says otherwise.
func (c *conflictView) words() string {
	first, second := leaves(c.First), leaves(c.Second)
	names := slices.Collect(maps.Keys(first))
	for name := range second {
		if _, ok := first[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var said []string
	for _, name := range names {
		a, b := first[name], second[name]
		if a != b {
			said = append(said, fmt.Sprintf("%s was %s and is %s", name, orNothing(a), orNothing(b)))
		}
	}
	switch more := len(said) - maxDifferences; {
	case said == nil:
		return "it came again and differs in what is not shown here"
	case more > 0:
		said = append(said[:maxDifferences], fmt.Sprintf("and %d more", more))
	}
	return "it came again and says otherwise: " + strings.Join(said, ", ") + "; the first one counts"
}

func orNothing(value string) string {
	if value == "" {
		return "not there"
	}
	return value
}

// leaves returns the plain values of a JSON document by their paths, such as samples.0.value.
func leaves(document json.RawMessage) map[string]string {
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	var v any
	found := map[string]string{}
	if d.Decode(&v) == nil {
		collect(found, "", v)
	}
	return found
}

func collect(found map[string]string, path string, v any) {
	below := func(name string, v any) {
		if path != "" {
			name = path + "." + name
		}
		collect(found, name, v)
	}
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			below(name, value)
		}
	case []any:
		for i, value := range v {
			below(fmt.Sprint(i), value)
		}
	default:
		found[path] = fmt.Sprint(v)
	}
}
