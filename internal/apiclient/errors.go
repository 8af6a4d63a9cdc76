package apiclient

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
)

// maxProblem bounds what is read of an error answer, in bytes.
const maxProblem = 1 << 20

// Error is an answer that is no success: a problem of RFC 9457.
type Error struct {
	Status int     `json:"status"` // of HTTP
	Title  string  `json:"title"`
	Detail string  `json:"detail"`
	Code   string  `json:"code"`   // of the CALLERROR with which a station answered; "" for everything else
	Reason string  `json:"reason"` // why a station was not asked, or gave no answer, in one word; "" for everything else
	Errors []Fault `json:"errors"`
}

// Fault is one place of the request that is wrong.
type Fault struct {
	Detail    string `json:"detail"`
	Pointer   string `json:"pointer"`   // JSON pointer into the body; "" when it is not the body
	Parameter string `json:"parameter"` // name of the query or path parameter
}

// Error names every place that is wrong.
func (e *Error) Error() string {
	said := e.Detail
	if said == "" {
		said = strings.ToLower(e.Title)
	}
	if e.Code != "" {
		said = e.Code + ": " + said
	}
	separator := ": "
	for _, f := range e.Errors {
		if place := f.place(); strings.HasPrefix(e.Detail, f.Detail) && place != "" { // said already; the place is new
			said += " (" + place + ")"
			continue
		}
		said += separator + f.String()
		separator = "; "
	}
	return said
}

// String returns "/payload/type: must be one of Hard, Soft" and the like.
func (f Fault) String() string {
	if place := f.place(); place != "" {
		return place + ": " + f.Detail
	}
	return f.Detail
}

// place returns the pointer or the name of the parameter.
func (f Fault) place() string { return cmp.Or(f.Pointer, f.Parameter) }

// UnreachableError says that no server answered.
type UnreachableError struct {
	Server string
	Err    error
}

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("no answer from %s: %v", e.Server, e.Err)
}

// Unwrap returns why.
func (e *UnreachableError) Unwrap() error { return e.Err }

// refusal reads an answer that is no success.
func (c *Client) refusal(resp *http.Response) error {
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || kind != "application/problem+json" {
		return c.foreign(resp)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxProblem))
	if err != nil {
		return &UnreachableError{Server: c.Server(), Err: err}
	}
	e := &Error{}
	if err := json.Unmarshal(body, e); err != nil {
		return c.foreign(resp)
	}
	e.Status = resp.StatusCode
	if e.Title == "" {
		e.Title = http.StatusText(e.Status)
	}
	return e
}

// foreign says that the answer is none of this API.
func (c *Client) foreign(resp *http.Response) error {
	return fmt.Errorf("%s is not the API of a Chargeyard server: it answered %s with %q",
		c.Server(), resp.Status, resp.Header.Get("Content-Type"))
}
