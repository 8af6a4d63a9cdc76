// Package httpapi is the API for operators and integrators: REST under /api/v1 with bearer tokens, described by
// OpenAPI 3.1 at /openapi.json; health at /healthz and /readyz. Errors are problems of RFC 9457. Lists answer
// {"items": [...], "next": "cursor"}.
//
// The package knows no OCPP and no sockets: what it needs of the rest of the server is the interfaces in Options.
package httpapi
