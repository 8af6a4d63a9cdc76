// Package csms is the CSMS end of OCPP-J: an http.Handler that accepts charging stations of several OCPP
// versions on one port.
//
//	srv, err := csms.NewServer(csms.Options{Protocols: []*ocpp.Protocol{ocpp21.Protocol, ocpp201.Protocol, ocpp16.Protocol}})
//	...
//	csms.Handle(srv, func(ctx context.Context, st *csms.Station, req *ocpp16.BootNotificationRequest) (*ocpp16.BootNotificationResponse, error) {
//		...
//	})
//	mux.Handle("/ocpp/{identity}", srv)
//	...
//	resp, err := csms.Call(ctx, st, &ocpp16.ResetRequest{Type: ocpp16.ResetTypeSoft})
//
// The identity of a station is the wildcard {identity} of the http.ServeMux pattern that led to the server, or
// else the last segment of the path, percent-decoded (OCPP-J 2.1 Part 4, 3.1.1).
//
// A port for stations has three layers: a LimitListener, which bounds what sockets may cost that are not stations yet,
// TLSConfig for security profiles 2 and 3, and the Server, to be ended by Shutdown:
//
//	l := csms.NewLimitListener(tcp, csms.LimitOptions{})
//	go httpServer.Serve(tls.NewListener(l, tlsConfig))
//	...
//	l.Close()
//	srv.Shutdown(ctx)
//	httpServer.Shutdown(ctx)
//
// A station that connects twice has one connection: the newest authenticated one wins at once, and the other
// is closed. The application hears of it in order, see Options.OnConnect.
package csms
