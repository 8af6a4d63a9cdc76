// A CSMS for OCPP 2.0.1 in one file: it accepts stations, keeps their charging sessions in memory, and asks each
// station for its heartbeat interval. Run it, then run examples/station201.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp201"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8887", "address for stations")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *listen); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, listen string) error {
	srv, err := csms.NewServer(csms.Options{
		Protocols: []*ocpp.Protocol{ocpp201.Protocol},
		OnConnect: func(st *csms.Station) { fmt.Printf("%s connected with OCPP %s\n", st.Identity(), st.Version()) },
		OnDisconnect: func(st *csms.Station, cause error) {
			fmt.Printf("%s disconnected\n", st.Identity())
		},
	})
	if err != nil {
		return err
	}
	handle(srv)

	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	web := &http.Server{Handler: srv, ReadHeaderTimeout: 10 * time.Second}
	serving := make(chan error, 1)
	go func() { serving <- web.Serve(csms.NewLimitListener(l, csms.LimitOptions{})) }()
	fmt.Printf("stations connect to ws://%s/ocpp/IDENTITY\n", l.Addr())

	select {
	case err = <-serving:
		return err
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return errors.Join(srv.Shutdown(ctx), web.Shutdown(ctx))
}

func handle(srv *csms.Server) {
	csms.Handle(srv, func(ctx context.Context, st *csms.Station, req *ocpp201.BootNotificationRequest) (*ocpp201.BootNotificationResponse, error) {
		fmt.Printf("%s is a %s of %s\n", st.Identity(), req.ChargingStation.Model, req.ChargingStation.VendorName)
		go askInterval(st)
		return &ocpp201.BootNotificationResponse{
			Status: ocpp201.RegistrationStatusAccepted, CurrentTime: ocpp.At(time.Now()), Interval: 300,
		}, nil
	})
	csms.Handle(srv, func(ctx context.Context, st *csms.Station, req *ocpp201.HeartbeatRequest) (*ocpp201.HeartbeatResponse, error) {
		return &ocpp201.HeartbeatResponse{CurrentTime: ocpp.At(time.Now())}, nil
	})
	csms.Handle(srv, func(ctx context.Context, st *csms.Station, req *ocpp201.StatusNotificationRequest) (*ocpp201.StatusNotificationResponse, error) {
		fmt.Printf("%s EVSE %d is %s\n", st.Identity(), req.EVSEID, req.ConnectorStatus)
		return &ocpp201.StatusNotificationResponse{}, nil
	})
	csms.Handle(srv, func(ctx context.Context, st *csms.Station, req *ocpp201.TransactionEventRequest) (*ocpp201.TransactionEventResponse, error) {
		fmt.Printf("%s transaction %s: %s (%s)\n", st.Identity(), req.TransactionInfo.TransactionID, req.EventType, req.TriggerReason)
		resp := &ocpp201.TransactionEventResponse{}
		if req.IDToken != nil {
			resp.IDTokenInfo = &ocpp201.IDTokenInfo{Status: ocpp201.AuthorizationStatusAccepted}
		}
		return resp, nil
	})
}

func askInterval(st *csms.Station) {
	ctx, cancel := context.WithTimeout(st.Context(), 10*time.Second)
	defer cancel()
	resp, err := csms.Call(ctx, st, &ocpp201.GetVariablesRequest{GetVariableData: []ocpp201.GetVariableData{{
		Component: ocpp201.Component{Name: "OCPPCommCtrlr"},
		Variable:  ocpp201.Variable{Name: "HeartbeatInterval"},
	}}})
	if err != nil {
		fmt.Printf("%s: GetVariables: %v\n", st.Identity(), err)
		return
	}
	for _, r := range resp.GetVariableResult {
		fmt.Printf("%s has %s = %s\n", st.Identity(), r.Variable.Name, r.AttributeValue.Or("?"))
	}
}
