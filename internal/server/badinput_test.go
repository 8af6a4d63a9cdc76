package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// Every operation of the API, as its own description tells, is given everything that its description forbids: each
// parameter and each field of its body is wrong once in each way that there is. All of it must be refused with 4xx, as a
// problem that names the place, and must change nothing. An operation that is added later is in here by being described.
func TestEveryBadInputIsRefusedAndChangesNothing(t *testing.T) {
	r := serve(t, Config{Stations: ModeKnown})
	w := &walker{rig: r, client: &http.Client{Timeout: patience}, kinds: map[string]int{}}
	t.Cleanup(w.client.CloseIdleConnections)
	w.seed()
	w.document()
	for _, op := range w.operations() {
		before := w.snapshot()
		w.walk(op)
		if after := w.snapshot(); after != before {
			t.Errorf("%s %s: bad input changed something:\n%s\nbefore:\n%s", op.method, op.path, after, before)
		}
	}
	t.Logf("%d operations, %d probes: %v", len(w.operations()), w.probes, w.kinds)
	if w.probes < 1000 {
		t.Errorf("only %d probes: the walk does not reach the operations any more", w.probes)
	}
}

// walker sends what is wrong.
type walker struct {
	*rig
	client *http.Client
	doc    map[string]any
	probes int
	kinds  map[string]int
	ids    map[string]string // a value of each path parameter that exists, by the path before it
}

// seed makes something of everything, so that there is something to change.
func (w *walker) seed() {
	key := w.create("CP-1", 1)
	w.create("CP-2", 0)
	w.api(http.MethodPost, "/tokens", `{"value":"CARD","type":"ISO14443","group":"G"}`, http.StatusCreated)
	w.api(http.MethodPut, "/token-groups/G", `{"concurrent":2}`, http.StatusCreated)
	id := w.api(http.MethodPost, "/api-tokens", `{"name":"seed"}`, http.StatusCreated)["id"].(string)
	kept := w.api(http.MethodPost, "/stations/CP-2/commands", `{"action":"ClearCache","version":"1.6","expires":86400}`, http.StatusAccepted)["id"].(string)
	w.api(http.MethodPut, "/stations/CP-1/tags/depot", "", http.StatusNoContent)
	w.api(http.MethodPost, "/profiles", `{"id":"night","purpose":"TxDefaultProfile","kind":"Relative","stackLevel":0,"schedules":[{"unit":"A","periods":[{"start":0,"limit":16}]}]}`, http.StatusCreated)
	bulk := w.api(http.MethodPost, "/bulks", `{"action":"ClearCache","select":{"stations":["CP-2"]},"expires":86400}`, http.StatusOK)["id"].(string)
	w.api(http.MethodPost, "/sites", `{"id":"garage","unit":"A","limit":63}`, http.StatusCreated)
	w.api(http.MethodPut, "/sites/garage/members/CP-2", `{"max":32}`, http.StatusOK)
	p := w.connect("CP-1", "ocpp1.6", login{password: []byte(key)})
	p.call("BootNotification", boot16)
	tx := p.call("StartTransaction", `{"connectorId":1,"idTag":"CARD","meterStart":0,"timestamp":`+t0+`}`)
	p.Close()
	w.refused("stranger", login{}, http.StatusNotFound)
	w.eventually("the station is offline and the refusal is kept", func() bool {
		return len(w.items("/stations?online=true")) == 0 && len(w.items("/refusals")) == 1
	})
	w.eventually("the limit is shared", func() bool { return len(w.items("/sites/garage/allocations")) > 0 })
	w.eventually("its presence is written", func() bool {
		s, err := w.srv.store.Station(w.t.Context(), "CP-1")
		return err == nil && !s.Online && !s.DisconnectedAt.IsZero()
	})
	reservation := fleet.Reservation{Station: "CP-1", ID: 7, EVSE: 1, Token: fleet.IDToken{Value: "CARD"}, ExpiresAt: time.Now().Add(time.Hour)}
	if _, err := w.srv.store.Submit(w.t.Context(), fleet.ReservationAsked{Received: time.Now(), Reservation: reservation}); err != nil {
		w.t.Fatal(err)
	}
	w.ids = map[string]string{
		"/api/v1/stations/": "CP-1", "/api/v1/tokens/": "CARD", "/api/v1/api-tokens/": id, "/api/v1/commands/": kept,
		"/api/v1/profiles/": "night",
		"/api/v1/bulks/":    bulk,
		"/api/v1/sites/":    "garage", "/api/v1/sites/garage/members/": "CP-2",
		"/api/v1/transactions/": fmt.Sprint("CP-1:", tx["transactionId"]),
	}
	w.ids["/api/v1/token-groups/"], w.ids["/api/v1/reservations/"] = "G", "1"
}

// document reads the description that the server gives.
func (w *walker) document() {
	resp, err := w.client.Get("http://" + w.srv.APIAddr().String() + "/openapi.json")
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&w.doc); err != nil {
		w.t.Fatal(err)
	}
}

// operation is one of the description.
type operation struct {
	method, path string
	parameters   []parameter
	body         *schema // nil: none
}

// parameter is one of an operation.
type parameter struct {
	name, in string
	schema   schema
}

// schema is a JSON schema with its references resolved.
type schema map[string]any

func (w *walker) operations() (list []operation) {
	for path, item := range w.doc["paths"].(map[string]any) {
		for method, d := range item.(map[string]any) {
			if d, ok := d.(map[string]any); ok {
				list = append(list, w.operation(strings.ToUpper(method), path, d))
			}
		}
	}
	slices.SortFunc(list, func(a, b operation) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return list
}

func (w *walker) operation(method, path string, d map[string]any) operation {
	op := operation{method: method, path: path}
	parameters, _ := d["parameters"].([]any)
	for _, p := range parameters {
		p := p.(map[string]any)
		op.parameters = append(op.parameters, parameter{p["name"].(string), p["in"].(string), w.resolve(p["schema"])})
	}
	if body, ok := d["requestBody"].(map[string]any); ok {
		for _, media := range body["content"].(map[string]any) {
			s := w.resolve(media.(map[string]any)["schema"])
			op.body = &s
		}
	}
	return op
}

// resolve follows references.
func (w *walker) resolve(s any) schema {
	m, _ := s.(map[string]any)
	for m["$ref"] != nil {
		name := strings.TrimPrefix(m["$ref"].(string), "#/components/schemas/")
		m = w.doc["components"].(map[string]any)["schemas"].(map[string]any)[name].(map[string]any)
	}
	return m
}

// kind returns the type of a schema and whether null is one of it.
func (s schema) kind() (kind string, nullable bool) {
	switch t := s["type"].(type) {
	case string:
		kind = t
	case []any:
		for _, k := range t {
			if k == "null" {
				nullable = true
			} else {
				kind = k.(string)
			}
		}
	}
	return kind, nullable
}

// free reports whether anything may be in an object.
func (s schema) free() bool {
	extra, set := s["additionalProperties"]
	return set && extra != false && s["properties"] == nil
}

func (s schema) number(name string) (float64, bool) {
	n, ok := s[name].(float64)
	return n, ok
}

// snapshot is all that the API lists, what the store knows beyond that, and how much has happened. What changes by itself
// is not in it.
func (w *walker) snapshot() string {
	var b strings.Builder
	for _, op := range w.operations() {
		if op.method != http.MethodGet || strings.Contains(op.path, "{") || !w.isList(op) {
			continue
		}
		status, body := w.send(http.MethodGet, op.path, "", nil)
		fmt.Fprintf(&b, "%s %d %s\n", op.path, status, body)
	}
	for prefix, id := range w.ids {
		if status, body := w.send(http.MethodGet, prefix+id, "", nil); prefix != "/api/v1/api-tokens/" {
			fmt.Fprintf(&b, "%s %d %s\n", id, status, body)
		}
	}
	lines := strings.Split(b.String(), "\n")
	slices.Sort(lines)
	last := int64(0)
	for {
		notices, err := w.srv.store.ListNotices(w.t.Context(), store.NoticeQuery{After: last, Limit: store.MaxLimit})
		if err != nil {
			w.t.Fatal(err)
		}
		if len(notices) == 0 {
			return strings.Join(append(lines, fmt.Sprint("notice ", last)), "\n")
		}
		last = notices[len(notices)-1].Number
	}
}

// isList tells lists, which are answered at once and stay as they are, from streams and figures.
func (w *walker) isList(op operation) bool {
	return slices.ContainsFunc(op.parameters, func(p parameter) bool { return p.name == "cursor" }) || op.path == "/api/v1/api-tokens"
}

// send sends a request and returns the answer.
func (w *walker) send(method, target, contentType string, body []byte) (int, []byte) {
	status, content, _ := w.sendWith(method, target, contentType, body, nil)
	return status, content
}

func (w *walker) sendWith(method, target, contentType string, body []byte, header http.Header) (int, []byte, string) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, "http://"+w.srv.APIAddr().String()+target, bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	maps.Copy(req.Header, header)
	req.Header.Set("Authorization", "Bearer "+apiToken)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := w.client.Do(req)
	if err != nil {
		w.t.Errorf("%s %s: %v", method, target, err)
		return 0, nil, ""
	}
	defer resp.Body.Close()
	if resp.StatusCode < 300 && strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		return resp.StatusCode, nil, "" // it does not end
	}
	content, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		w.t.Errorf("%s %s: %v", method, target, err)
	}
	return resp.StatusCode, content, resp.Header.Get("Content-Type")
}

// probe is a request that is wrong.
type probe struct {
	kind        string // of mistake
	method      string
	target      string
	header      http.Header
	contentType string
	body        []byte
	place       string // pointer or parameter that the answer must name; "" none
}

// refuse sends a probe, and demands that it is refused.
func (w *walker) refuse(p probe) {
	w.t.Helper()
	w.probes++
	w.kinds[p.kind]++
	status, content, kind := w.sendWith(p.method, p.target, p.contentType, p.body, p.header)
	what := fmt.Sprintf("%s %s %.200s (%s at %q)", p.method, clipText(p.target), p.body, p.kind, p.place)
	if status < 400 || status > 499 {
		w.t.Errorf("%s: status %d: %.300s", what, status, content)
		return
	}
	if kind != "application/problem+json" {
		w.t.Errorf("%s: %d with Content-Type %q", what, status, kind)
	}
	if p.place != "" && !names(content, p.place) {
		w.t.Errorf("%s: the answer does not name the place: %d %.400s", what, status, content)
	}
}

// names reports whether a problem names a place.
func names(content []byte, place string) bool {
	var p struct {
		Errors []struct{ Pointer, Parameter, Detail string }
	}
	if json.Unmarshal(content, &p) != nil {
		return false
	}
	for _, e := range p.Errors {
		if (e.Pointer == place || e.Parameter == place) && e.Detail != "" {
			return true
		}
	}
	return false
}

// walk sends an operation everything that it forbids.
func (w *walker) walk(op operation) {
	target := w.target(op, nil)
	for _, p := range op.parameters {
		w.badParameter(op, p)
	}
	w.refuse(probe{kind: "unknown parameter", method: op.method, target: target + "?nothing=1", place: "nothing"})
	w.refuse(probe{kind: "query that cannot be read", method: op.method, target: target + "?a=%zz"})
	if op.body == nil {
		return
	}
	w.badBodies(op, target)
	valid, ok := w.example(*op.body).(map[string]any)
	if !ok {
		w.t.Fatalf("%s %s: the body is no object", op.method, op.path)
	}
	w.badFields(op, target, *op.body, "", func(change func(map[string]any)) []byte {
		body := maps.Clone(valid)
		change(body)
		return encode(body)
	})
}

// target fills the parameters of a path in: with values that exist, or with those given.
func (w *walker) target(op operation, values map[string]string) string {
	path := op.path
	for _, p := range op.parameters {
		if p.in != "path" {
			continue
		}
		before, _, _ := strings.Cut(path, "{"+p.name+"}")
		value, ok := values[p.name]
		if !ok {
			if value, ok = w.ids[before]; !ok {
				value = w.plain(p.schema)
			}
			value = url.PathEscape(value)
		}
		path = strings.Replace(path, "{"+p.name+"}", value, 1)
	}
	return path
}

// plain is a value that the schema of a parameter allows.
func (w *walker) plain(s schema) string {
	switch v := w.example(s).(type) {
	case string:
		return v
	case float64:
		return fmt.Sprint(int64(v))
	default:
		return fmt.Sprint(v)
	}
}

// badParameter makes one parameter wrong in every way.
func (w *walker) badParameter(op operation, p parameter) {
	for kind, value := range w.badTexts(p) {
		q := probe{kind: p.in + " " + kind, method: op.method, target: w.target(op, nil), place: p.name}
		switch p.in {
		case "path":
			q.target = w.target(op, map[string]string{p.name: value})
		case "query":
			q.target += "?" + url.QueryEscape(p.name) + "=" + value
		case "header":
			plain, err := url.PathUnescape(value)
			if err != nil || strings.ContainsFunc(plain, func(r rune) bool { return r < ' ' || r > '~' }) {
				continue
			}
			q.header = http.Header{http.CanonicalHeaderKey(p.name): {plain}}
		}
		w.refuse(q)
	}
	if p.in == "query" {
		if kind, _ := p.schema.kind(); kind != "array" {
			value := url.QueryEscape(w.plain(p.schema))
			name := url.QueryEscape(p.name)
			w.refuse(probe{
				kind: "query twice", method: op.method, place: p.name,
				target: w.target(op, nil) + "?" + name + "=" + value + "&" + name + "=" + value,
			})
		}
	}
}

// badTexts are wrong values of a parameter, escaped.
func (w *walker) badTexts(p parameter) map[string]string {
	bad := map[string]string{"NUL": "%00", "control character": "a%07b", "no UTF-8": "%FF%FE"}
	s := p.schema
	kind, _ := s.kind()
	switch {
	case s["enum"] != nil:
		bad["unknown value"] = "nothing"
	case s["format"] == "date-time":
		bad["no time"], bad["impossible time"] = "yesterday", "2026-13-45T00:00:00Z"
	case kind == "integer" || kind == "number":
		bad["no number"], bad["too large"] = "x", "99999999999999999999"
		if low, ok := s.number("minimum"); ok {
			bad["below"] = fmt.Sprint(int64(low) - 1)
		}
		if high, ok := s.number("maximum"); ok {
			bad["above"] = fmt.Sprint(int64(high) + 1)
		}
		if kind == "integer" {
			bad["fraction"] = "1.5"
		}
	case kind == "boolean":
		bad["no boolean"] = "perhaps"
	case p.name == "cursor":
		bad["no cursor"] = "nothing!"
	}
	if longest, ok := s.number("maxLength"); ok {
		bad["too long"] = strings.Repeat("x", int(longest)+1)
	}
	if kind == "string" && s["enum"] == nil && s["maxLength"] == nil && p.in != "header" {
		bad["far too long"] = strings.Repeat("x", 20_000)
	}
	return bad
}

// badBodies are wrong as a whole.
func (w *walker) badBodies(op operation, target string) {
	valid := encode(w.example(*op.body))
	for kind, body := range map[string]string{
		"no JSON": `{"a":`, "two values": string(valid) + "{}", "a list": "[]", "a text": `"x"`, "null": "null", "a number": "1",
		"no UTF-8": "{\"a\":\"\xff\"}", "NUL in a name": `{"a\u0000":1}`, "trailing text": string(valid) + "x",
		"very deep": strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000),
	} {
		w.refuse(probe{kind: "body: " + kind, method: op.method, target: target, contentType: "application/json", body: []byte(body)})
	}
	huge := append(bytes.Repeat([]byte(" "), 2<<20), valid...)
	w.refuse(probe{kind: "body: huge", method: op.method, target: target, contentType: "application/json", body: huge})
	for _, contentType := range []string{"text/plain", "application/xml", "multipart/form-data; boundary=x", "nonsense"} {
		w.refuse(probe{kind: "body: " + contentType, method: op.method, target: target, contentType: contentType, body: valid})
	}
}

// badFields makes each field of an object wrong in every way; with builds a body that is right but for a change of this
// object.
func (w *walker) badFields(op operation, target string, s schema, at string, with func(func(map[string]any)) []byte) {
	send := func(kind, place string, body []byte) {
		w.t.Helper()
		w.refuse(probe{kind: "field: " + kind, method: op.method, target: target, contentType: "application/json", body: body, place: place})
	}
	if !s.free() {
		send("unknown", at+"/nothing", with(func(o map[string]any) { o["nothing"] = 1 }))
	}
	required, _ := s["required"].([]any)
	properties, _ := s["properties"].(map[string]any)
	for name, property := range properties {
		place, p := at+"/"+name, w.resolve(property)
		if p["readOnly"] == true {
			continue
		}
		if slices.Contains(required, any(name)) {
			send("missing", place, with(func(o map[string]any) { delete(o, name) }))
		}
		for kind, value := range w.badValues(p, slices.Contains(required, any(name))) {
			send(kind, place, with(func(o map[string]any) { o[name] = value }))
		}
		good := encode(w.example(p))
		once := with(func(o map[string]any) { o[name] = json.RawMessage(`"@@"`) })
		for _, again := range []string{name, strings.ToUpper(name)} {
			twice := fmt.Sprintf("%s,%q:%s", good, again, good)
			send("twice", at+"/"+again, bytes.Replace(once, []byte(`"@@"`), []byte(twice), 1))
		}
		w.badInside(op, target, p, place, func(value any) []byte { return with(func(o map[string]any) { o[name] = value }) })
	}
}

// badInside goes into objects and lists.
func (w *walker) badInside(op operation, target string, p schema, place string, with func(value any) []byte) {
	switch kind, _ := p.kind(); kind {
	case "object":
		w.badFields(op, target, p, place, func(change func(map[string]any)) []byte {
			o, _ := w.example(p).(map[string]any)
			o = maps.Clone(o)
			change(o)
			return with(o)
		})
	case "array":
		item := w.resolve(p["items"])
		for kind, value := range w.badValues(item, true) {
			w.refuse(probe{
				kind: "item: " + kind, method: op.method, target: target, contentType: "application/json",
				body: with([]any{value}), place: place + "/0",
			})
		}
		if most, ok := p.number("maxItems"); ok && most <= 10_000 {
			w.refuse(probe{
				kind: "field: too many items", method: op.method, target: target, contentType: "application/json",
				body: with(slices.Repeat([]any{w.example(item)}, int(most)+1)), place: place,
			})
		}
		w.badInside(op, target, item, place+"/0", func(value any) []byte { return with([]any{value}) })
	}
}

// badValues are values that a schema forbids.
func (w *walker) badValues(s schema, required bool) map[string]any {
	bad := map[string]any{}
	kind, nullable := s.kind()
	for other, value := range map[string]any{"string": "text", "number": 1.5, "boolean": true, "object": map[string]any{}, "array": []any{}} {
		if kind != "" && other != kind && (kind != "integer" || other != "number") {
			bad["a "+other] = value
		}
	}
	if required && !nullable && kind != "" {
		bad["null"] = nil // where a field may be left out, null means that it is
	}
	switch kind {
	case "string":
		bad["NUL"] = "a\x00b"
		badStrings(bad, s)
	case "integer", "number":
		badNumbers(bad, s, kind)
	}
	return bad
}

func badStrings(bad map[string]any, s schema) {
	if s["enum"] != nil {
		bad["unknown value"] = "nothing"
	}
	if s["format"] == "date-time" {
		bad["no time"], bad["impossible time"] = "yesterday", "2026-13-45T00:00:00Z"
	}
	if n, ok := s.number("maxLength"); ok {
		bad["too long"] = strings.Repeat("x", int(n)+1)
	}
	if n, ok := s.number("minLength"); ok && n > 0 {
		bad["too short"] = strings.Repeat("x", int(n)-1)
	}
}

func badNumbers(bad map[string]any, s schema, kind string) {
	if kind == "integer" {
		bad["fraction"], bad["above 64 bits"] = 1.5, json.RawMessage("99999999999999999999")
	}
	bad["above a float"] = json.RawMessage("1e400")
	if n, ok := s.number("minimum"); ok {
		bad["below"] = n - 1
	}
	if n, ok := s.number("maximum"); ok {
		bad["above"] = n + 1
	}
}

// example is a value that a schema allows: objects have what they must have.
func (w *walker) example(s schema) any {
	kind, _ := s.kind()
	if kind != "object" && kind != "array" {
		if list, ok := s["examples"].([]any); ok && len(list) > 0 {
			return list[0]
		}
	}
	if list, ok := s["enum"].([]any); ok {
		return list[0]
	}
	switch kind {
	case "object":
		o := map[string]any{}
		required, _ := s["required"].([]any)
		for _, name := range required {
			if property, ok := s["properties"].(map[string]any)[name.(string)]; ok {
				o[name.(string)] = w.example(w.resolve(property))
			}
		}
		return o
	case "array":
		return []any{w.example(w.resolve(s["items"]))}
	case "integer", "number":
		low, _ := s.number("minimum")
		return max(low, 1)
	case "boolean":
		return true
	}
	if s["format"] == "date-time" {
		return time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC).Format(time.RFC3339)
	}
	return "x"
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}
