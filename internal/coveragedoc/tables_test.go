package coveragedoc

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// shownBy says where the API shows what is in a table. {id} is a station, {transaction} one of its transactions.
var shownBy = map[string]string{
	"battery_swaps":          "/stations/{id}/battery-swaps",
	"certificate_requests":   "/certificate-requests?station={id}",
	"charging_limits":        "/stations/{id}/charging-limits",
	"charging_needs":         "/stations/{id}/charging-needs",
	"composite_schedules":    "/stations/{id}/composite-schedules",
	"connectors":             "/stations/{id}",
	"contradictions":         "/stations/{id}/contradictions",
	"customer_texts":         "/stations/{id}/customer-information",
	"data_transfers":         "/stations/{id}/data-transfers",
	"der_alarms":             "/stations/{id}/der-alarms",
	"der_control_events":     "/stations/{id}/der-events",
	"der_controls":           "/stations/{id}/der-controls",
	"device_answers":         "/device-answers?station={id}",
	"display_messages":       "/stations/{id}/display-messages",
	"ev_schedules":           "/stations/{id}/ev-schedules",
	"event_streams":          "/stations/{id}/event-streams",
	"installed_certificates": "/certificates?station={id}",
	"installed_profiles":     "/stations/{id}/charging-profiles",
	"installed_tariffs":      "/stations/{id}/installed-tariffs",
	"job_steps":              "/jobs/{job}",
	"jobs":                   "/jobs?station={id}",
	"local_list_contents":    "/stations/{id}/local-list",
	"local_lists":            "/local-lists?station={id}",
	"meter_values":           "/stations/{id}/meter-values",
	"monitoring":             "/stations/{id}/monitoring",
	"monitoring_events":      "/monitoring-events?station={id}",
	"monitors":               "/stations/{id}/monitors",
	"network_profiles":       "/stations/{id}/network-profiles",
	"priority_charging":      "/stations/{id}/priority-charging",
	"profiles_at_stations":   "/stations/{id}/installed-profiles",
	"reports":                "/stations/{id}/reports",
	"reservation_updates":    "/stations/{id}/reservation-updates",
	"reservations":           "/reservations?station={id}",
	"schedule_requests":      "/stations/{id}/schedule-requests",
	"security_events":        "/security-events?station={id}",
	"settlements":            "/stations/{id}/settlements",
	"stations":               "/stations/{id}",
	"stream_values":          "/stations/{id}/stream-values",
	"tokens":                 "/tokens",
	"transaction_anomalies":  "/transactions/{transaction}/anomalies",
	"transaction_conflicts":  "/transactions/{transaction}/conflicts",
	"transaction_events":     "/transactions/{transaction}/samples",
	"transactions":           "/transactions?station={id}",
	"variables":              "/stations/{id}/variables",
	"vat_checks":             "/stations/{id}/vat-checks",
}

// touched returns the tables in which something of a message or an answer is.
func (c *coverage) touched() map[string]bool {
	all := map[string]bool{}
	for _, stored := range []map[string]map[string]bool{c.stored, c.answered} {
		for _, tables := range stored {
			for _, table := range byName(tables) {
				all[table] = true
			}
		}
	}
	return all
}

// checkShown asks the API for what is in each table, of a station that was played.
func (c *coverage) checkShown(t *testing.T, y *yard) {
	t.Helper()
	for table := range c.touched() {
		path, ok := shownBy[table]
		if !ok {
			t.Errorf("table %s: the API shows it nowhere", table)
			continue
		}
		path = strings.NewReplacer("{id}", c.player(), "{transaction}", y.first("/transactions"), "{job}", y.first("/jobs")).Replace(path)
		if status, answer := y.api(http.MethodGet, path, ""); status != http.StatusOK {
			t.Errorf("table %s: GET %s: %d %v", table, path, status, answer)
		}
	}
}

// first returns what the paths of the API call the first item of a list.
func (y *yard) first(path string) string {
	y.t.Helper()
	_, answer := y.api(http.MethodGet, path, "")
	items, _ := answer["items"].([]any)
	if len(items) == 0 {
		y.t.Fatalf("GET %s: %v", path, answer)
	}
	item, _ := items[0].(map[string]any)
	if number, ok := item["number"].(float64); ok {
		return fmt.Sprint(number)
	}
	id, _ := item["id"].(string)
	return id
}

// writeTables says where the API shows each table.
func writeTables(b *strings.Builder, all []*coverage) {
	tables := map[string]bool{}
	for _, c := range all {
		maps.Copy(tables, c.touched())
	}
	b.WriteString("## Tables and where the API shows them\n\n| table | GET /api/v1 |\n|---|---|\n")
	for _, table := range slices.Sorted(maps.Keys(tables)) {
		path, _, _ := strings.Cut(shownBy[table], "?")
		fmt.Fprintf(b, "| %s | %s |\n", table, strings.NewReplacer("{transaction}", "{id}", "{job}", "{number}").Replace(path))
	}
}
