package httpapi

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Problem is the body of every error answer (RFC 9457, application/problem+json).
type Problem struct { //nolint:errname // RFC 9457 calls it a problem
	Type   string  `json:"type" format:"uri-reference" doc:"Kind of problem; about:blank when the status says it all" example:"about:blank"`
	Title  string  `json:"title" doc:"The kind of problem in words" example:"Unprocessable Entity"`
	Status int     `json:"status" doc:"HTTP status code" example:"422"`
	Detail string  `json:"detail,omitempty" doc:"What went wrong this time" example:"the payload breaks the schema of Reset"`
	Errors []Fault `json:"errors,omitempty" doc:"Each place that is wrong"`
	Code   string  `json:"code,omitempty" doc:"OCPP error code, when the station answered with a CALLERROR" example:"NotSupported"`
	Reason string  `json:"reason,omitempty" doc:"Why a station was not asked, or gave no answer, in one word: offline, blocked (its boot was rejected), busy, token (it may not charge), state (it is not in the state for it), key (it is that of another request), and others; timeout, refused, lost and garbled when it was asked" example:"offline"`
}

// Fault is one place of a request that is wrong.
type Fault struct {
	Detail    string `json:"detail" doc:"What is wrong there" example:"is not a value of the enumeration; expected one of Hard, Soft"`
	Pointer   string `json:"pointer,omitempty" doc:"JSON pointer into the request body" example:"/payload/type"`
	Parameter string `json:"parameter,omitempty" doc:"Name of the query, path or header parameter" example:"cursor"`
}

// problem makes a Problem with the title that belongs to the status.
func problem(status int, detail string, faults ...Fault) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail, Errors: faults}
}

// Error returns the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus returns the HTTP status; huma asks for it.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType names the media type of a problem; huma asks for it.
func (p *Problem) ContentType(string) string { return problemType }

const problemType = "application/problem+json"

// tidyProblem turns huma's own errors into Problems. It drops the offending values that huma echoes, because a
// body may hold a station key, and writes places as JSON pointers.
func tidyProblem(_ huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	switch {
	case m.Status == http.StatusUnsupportedMediaType:
		return problem(m.Status, "send the header Content-Type: application/json"), nil
	case m.Status == http.StatusRequestEntityTooLarge:
		return problem(m.Status, fmt.Sprintf("the body is larger than %d MiB", maxBody>>20)), nil
	case m.Status == http.StatusBadRequest && len(m.Errors) == 1 && m.Errors[0].Location == "body":
		if f, ok := parseMisplaced(m.Errors[0].Message); ok {
			return problem(m.Status, "this body cannot be taken", f), nil
		}
		return problem(m.Status, "the body is not JSON: "+m.Errors[0].Message), nil
	}
	p := problem(m.Status, m.Detail)
	for _, e := range m.Errors {
		p.Errors = append(p.Errors, fault(e.Location, e.Message))
	}
	return p, nil
}

// fault reads a place in huma's notation: body.items[3].id, query.limit, path.id, header.Accept.
func fault(location, detail string) Fault {
	in, rest, _ := strings.Cut(location, ".")
	switch in {
	case "body":
		if name, missing := missingProperty(detail); missing { // huma names the object that lacks it
			return Fault{Detail: "is missing", Pointer: pointer(rest) + "/" + pointerEscape.Replace(name)}
		}
		if rest == "" { // the pointer to the whole is empty
			return Fault{Detail: "the body: " + detail}
		}
		return Fault{Detail: detail, Pointer: pointer(rest)}
	case "query", "path", "header", "cookie":
		return Fault{Detail: plainTime(detail), Parameter: rest}
	}
	return Fault{Detail: detail}
}

// plainTime says what huma says in the notation of Go.
func plainTime(detail string) string {
	if strings.HasPrefix(detail, "invalid date/time for format ") {
		return "expected a time such as 2026-11-30T10:00:00Z"
	}
	return detail
}

// missingProperty reads what huma says of one.
func missingProperty(detail string) (name string, ok bool) {
	name, ok = strings.CutPrefix(detail, "expected required property ")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(name, " to be present")
}

// pointer writes a dotted path as a JSON pointer.
func pointer(path string) string {
	if path == "" {
		return ""
	}
	var b strings.Builder
	for _, step := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		b.WriteByte('/')
		b.WriteString(pointerEscape.Replace(step))
	}
	return b.String()
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

// writeProblem answers outside huma: in middleware, and for paths that no operation has.
func writeProblem(w http.ResponseWriter, p *Problem) {
	writeJSON(w, p.Status, problemType, p)
}

func writeJSON(w http.ResponseWriter, status int, contentType string, body any) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	writeBody(w, body)
}

func writeBody(w io.Writer, body any) {
	if err := json.NewEncoder(w).Encode(body); err != nil {
		return // the client is gone, and there is nobody else to tell
	}
}
