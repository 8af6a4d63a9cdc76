package server

import (
	"fmt"
	"net"
	"strings"
)

// banner tells the person at the terminal what runs where, and how to try it. A token is shown only when it is new.
func (s *Server) banner(token string) {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("Chargeyard %s", s.cfg.Version)
	line("")
	if l := s.listeners.ocpp; l != nil {
		line("  stations   ws://%s/ocpp/IDENTITY   OCPP 1.6, 2.0.1, 2.1", reachable(l.Addr()))
	}
	if l := s.listeners.ocppTLS; l != nil {
		line("  stations   wss://%s/ocpp/IDENTITY   OCPP 1.6, 2.0.1, 2.1", reachable(l.Addr()))
	}
	line("             %s", s.admissionText())
	line("  drivers    %s", s.cfg.tokensText())
	if s.cfg.Demo > 0 {
		line("             %d virtual stations, %s0001 and so on, connect now", s.cfg.Demo, demoPrefix)
	}
	line("  API        http://%s/api/v1   described in /openapi.json", reachable(s.APIAddr()))
	line("  data       %s", s.dataText())
	if token != "" {
		line("  token      %s", token)
		line("             for the API; it is shown this once")
	} else if s.cfg.APIToken == "" {
		line("  token      one was made before; `chargeyard token new` makes another")
	}
	line("")
	line("Try it, in another terminal:")
	for _, hint := range s.hints(token) {
		line("  %s", hint)
	}
	line("Ctrl-C stops the server.")
	if _, err := fmt.Fprintln(s.cfg.Banner, b.String()); err != nil {
		s.cfg.Log.Warn("the terminal is gone", "error", err)
	}
	if !loopback(s.APIAddr()) {
		s.cfg.Log.Warn("the API can be reached from outside and has no TLS: put a proxy with TLS before it", "api", s.APIAddr().String())
	}
	s.cfg.Log.Info("serving", "stations", fmt.Sprint(s.StationAddrs()), "admission", s.mode, "api", s.APIAddr().String(), "data", s.data.path)
}

func (s *Server) admissionText() string {
	if s.mode == ModeOpen {
		return "open to any station, " + s.reason
	}
	return "for known stations only, " + s.reason
}

func (s *Server) dataText() string {
	if s.data.temporary {
		return s.data.path + " (temporary: it is removed at the end)"
	}
	return s.data.path
}

// hints are commands to paste, one after the other. They ask DefaultHTTP, with a token from the environment or one that is kept in
// DefaultData, unless they are told otherwise.
func (s *Server) hints(token string) (hints []string) {
	add := func(format string, args ...any) { hints = append(hints, fmt.Sprintf(format, args...)) }
	api := reachable(s.APIAddr())
	if api != DefaultHTTP {
		add("export CHARGEYARD_SERVER=http://%s", api)
	}
	switch {
	case token != "":
		add("export CHARGEYARD_API_TOKEN=%s", token)
	case s.cfg.APIToken != "":
		add("export CHARGEYARD_API_TOKEN=...   # the one that this server was given")
	case s.cfg.Data != DefaultData:
		add("export CHARGEYARD_DATA='%s'", s.data.path)
	}
	if token == "" && s.cfg.APIToken == "" {
		add("chargeyard token new --save   # unless that was done: the commands find it")
	}
	if s.mode == ModeKnown {
		add("chargeyard stations add CP-001")
	}
	add("chargeyard stations")
	if token != "" || s.cfg.APIToken != "" {
		add(`curl -H "Authorization: Bearer $CHARGEYARD_API_TOKEN" http://%s/api/v1/stations`, api)
	}
	return hints
}

// reachable writes an address so that it can be pasted: a listener on all addresses is named by this machine.
func reachable(a net.Addr) string {
	tcp, ok := a.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return a.String()
	}
	return net.JoinHostPort("localhost", fmt.Sprint(tcp.Port))
}
