package main

import (
	"errors"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

// apiFlags say which server a command asks, and how the answer is shown.
type apiFlags struct {
	Server   string `default:"http://127.0.0.1:8080" placeholder:"URL" help:"Server whose API is asked. Default http://127.0.0.1:8080." group:"API"`
	APIToken string `name:"api-token" placeholder:"TOKEN" help:"Token for the API. Better given as CHARGEYARD_API_TOKEN: a command line can be read by others. Without it the one that \"chargeyard token new --save\" left in the data directory is used, for a server on this machine." group:"API"`
	Data     string `default:"chargeyard-data" placeholder:"DIR" help:"Data directory of the server, where a saved token is looked for. Default ./chargeyard-data." group:"API"`
	Output   string `short:"o" enum:"table,json" default:"table" placeholder:"table|json" help:"table: for people, times are local. json: what the API says, unchanged; a list is one array. Default table." group:"API"`
}

// askLimit is the time that an answer may take where nobody waits for stations.
const askLimit = time.Minute

func (f apiFlags) client() (*apiclient.Client, error) { return f.clientFor(askLimit) }

// clientFor makes a client whose requests may take a while.
func (f apiFlags) clientFor(limit time.Duration) (*apiclient.Client, error) {
	token, err := f.token()
	if err != nil {
		return nil, err
	}
	return apiclient.New(apiclient.Options{Server: f.Server, Token: token, Limit: limit})
}

// savedToken is where `token new --save` keeps a token.
func savedToken(data string) string { return filepath.Join(data, "cli-token") }

// token returns the token that was given, or the saved one. A saved token leaves this machine with nobody's wish only.
func (f apiFlags) token() (string, error) {
	if f.APIToken != "" || !onThisMachine(f.Server) {
		return f.APIToken, nil
	}
	saved, err := os.ReadFile(savedToken(f.Data))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return "", nil // the server says what is missing
	}
	return strings.TrimSpace(string(saved)), err
}

func onThisMachine(server string) bool {
	u, err := url.Parse(server)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

func (f apiFlags) json() bool { return f.Output == "json" }

// Exit codes beside 0, 1 (anything else) and 2 (the command line).
const (
	exitRefused      = 3  // the station answered with a CALLERROR
	exitTimeout      = 4  // sent, but not answered in time: the station may have done it
	exitOffline      = 5  // not connected, or its boot is not accepted; nothing was sent
	exitInvalid      = 6  // the payload, the action or another value is wrong; nothing was sent
	exitUnauthorized = 7  // no token, or not a valid one
	exitNotFound     = 8  // there is no such station, transaction, ...
	exitBusy         = 9  // the station has another request under way; nothing was sent
	exitLost         = 10 // sent, and the connection ended, or the answer cannot be read: the station may have done it
	exitStatus       = 11 // answered, but not with the status that --expect names
	exitNoServer     = 12 // no server answered
	exitNotNow       = 14 // refused as things are: the key is that of another request, the token may not charge; nothing was sent
)

// exitError is an error with an exit code of its own.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }

func (e *exitError) Unwrap() error { return e.err }

// exitCodeOf says which exit code an error has.
func exitCodeOf(err error) int {
	if e, ok := errors.AsType[*exitError](err); ok {
		return e.code
	}
	if _, ok := errors.AsType[*apiclient.UnreachableError](err); ok {
		return exitNoServer
	}
	e, ok := errors.AsType[*apiclient.Error](err)
	if !ok {
		return 1
	}
	switch e.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return exitUnauthorized
	case http.StatusNotFound:
		return exitNotFound
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge:
		return exitInvalid
	}
	return 1
}

// hintOf says what to do about an error of the API; "" when that is plain.
func hintOf(err error) string {
	switch exitCodeOf(err) {
	case exitNoServer:
		return "\nIs it running? \"chargeyard serve\" starts a server; --server URL names another one."
	case exitUnauthorized:
		return "\nGive a token with CHARGEYARD_API_TOKEN or --api-token; \"chargeyard token new --save\" makes one and keeps it for these commands."
	}
	return ""
}
