// Package apiclient is a client of Chargeyard's own API, as much of it as the command line needs. It leaves JSON as it
// is: what the server said can be passed on unchanged.
package apiclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxAnswer bounds what is read of one answer, in bytes: a page of 1000 items is far below it.
const maxAnswer = 64 << 20

// prefix of all operations.
const prefix = "/api/v1"

// Options of a client.
type Options struct {
	Server string // required: the URL of the server, such as http://127.0.0.1:8080; /api/v1 may follow
	Token  string // API token; "" sends none, which the server refuses

	// Limit bounds the time of each request, with its answer. Default: none but that of the caller's context.
	Limit time.Duration

	// Transport sends the requests. Default: http.DefaultTransport.
	Transport http.RoundTripper
}

// Client sends requests to one server. It is safe for concurrent use.
type Client struct {
	base  *url.URL
	token string
	limit time.Duration
	http  http.Client
}

// New makes a client. It refuses a URL that no server can have; nothing is sent.
func New(o Options) (*Client, error) {
	base, err := url.Parse(o.Server)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return nil, fmt.Errorf("%q is not the URL of a server, such as http://127.0.0.1:8080", o.Server)
	}
	if base.User != nil || base.RawQuery != "" || base.Fragment != "" {
		return nil, errors.New("the URL of the server has no user, query or fragment: give the token apart from it")
	}
	base.Path = strings.TrimSuffix(strings.TrimSuffix(base.Path, "/"), prefix)
	return &Client{base: base, token: o.Token, limit: o.Limit, http: http.Client{
		Transport: o.Transport,
		// A redirect could carry the token away.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Server returns the URL of the server, without the path of the API.
func (c *Client) Server() string { return c.base.String() }

// Path joins segments to a path of the API and escapes each: an id may have a slash in it, and be a dot or two, which are taken
// away where they are not escaped.
func Path(segments ...string) string {
	var b strings.Builder
	for _, s := range segments {
		escaped := url.PathEscape(s)
		if s == "." || s == ".." {
			escaped = strings.ReplaceAll(s, ".", "%2E")
		}
		b.WriteString("/" + escaped)
	}
	return b.String()
}

// Get returns the answer's body. Errors are *Error, *UnreachableError, or the end of ctx.
func (c *Client) Get(ctx context.Context, path string, query url.Values) (json.RawMessage, error) {
	return c.do(ctx, http.MethodGet, path, query, nil)
}

// Send sends body as JSON, none when it is nil, and returns the answer's body, which is empty after 204. Errors are those
// of Get.
func (c *Client) Send(ctx context.Context, method, path string, body any) (json.RawMessage, error) {
	var content []byte
	if body != nil {
		var err error
		if content, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	return c.do(ctx, method, path, nil, content)
}

func (c *Client) do(ctx context.Context, method, path string, query url.Values, body []byte) (json.RawMessage, error) {
	ctx, cancel := c.limited(ctx)
	defer cancel()
	resp, err := c.open(ctx, method, path, query, body)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, c.unreachable(ctx, err)
	case len(answer) > maxAnswer:
		return nil, fmt.Errorf("the answer of %s is larger than %d MiB", c.Server(), maxAnswer>>20)
	case len(answer) > 0 && !json.Valid(answer):
		return nil, c.foreign(resp)
	}
	return answer, nil
}

// limited bounds one request. Its end is the server's fault, not the caller's wish.
func (c *Client) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	if c.limit <= 0 {
		return context.WithCancel(ctx)
	}
	slow := &UnreachableError{Server: c.Server(), Err: fmt.Errorf("it took longer than %v", c.limit)}
	return context.WithTimeoutCause(ctx, c.limit, slow)
}

// open sends a request and returns the answer when it is a success; its body is still to be read.
func (c *Client) open(ctx context.Context, method, path string, query url.Values, body []byte) (*http.Response, error) {
	req, err := c.request(ctx, method, path, query, body)
	if err != nil {
		return nil, err
	}
	return c.exchange(req)
}

func (c *Client) request(ctx context.Context, method, path string, query url.Values, body []byte) (*http.Request, error) {
	target := c.base.String() + prefix + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	return req, nil
}

// exchange sends a request and returns the answer when it is a success; its body is still to be read.
func (c *Client) exchange(req *http.Request) (*http.Response, error) {
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.unreachable(req.Context(), err)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		defer resp.Body.Close() //nolint:errcheck // it was only read
		return nil, c.refusal(resp)
	}
	return resp, nil
}

// unreachable says that no answer came. The caller's own end keeps its name.
func (c *Client) unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok { // names the request, which nobody asked about
		err = wrapped.Err
	}
	return &UnreachableError{Server: c.Server(), Err: err}
}
