// A CSMS for OCPP 1.6 in one file: it accepts stations, keeps their charging sessions in memory, and asks each
// station for its heartbeat interval. Run it, then run examples/station16.
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
	"sync/atomic"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
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
		Protocols: []*ocpp.Protocol{ocpp16.Protocol},
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
	var lastTransaction atomic.Int64

	csms.Handle(srv, func(ctx context.Context, st *csms.Station, req *ocpp16.BootNotificationRequest) (*ocpp16.BootNotificationResponse, error) {
		fmt.Printf("%s is a %s of %s\n", st.Identity(), req.ChargePointModel, req.ChargePointVendor)
		go askInterval(st)
		return &ocpp16.BootNotificationResponse{
			Status: ocpp16.RegistrationStatusAccepted, CurrentTime: ocpp.At(time.Now()), Interval: 300,
		}, nil
	})
	csms.Handle(srv, func(ctx context.Context, st *csms.Station, req *ocpp16.HeartbeatRequest) (*ocpp16.HeartbeatResponse, error) {
		return &ocpp16.HeartbeatResponse{CurrentTime: ocpp.At(time.Now())}, nil
	})
	csms.Handle(srv, func(ctx context.Context, st *csms.Station, req *ocpp16.StatusNotificationRequest) (*ocpp16.StatusNotificationResponse, error) {
		fmt.Printf("%s connector %d is %s\n", st.Identity(), req.ConnectorID, req.Status)
		return &ocpp16.StatusNotificationResponse{}, nil
	})
	csms.Handle(srv, func(ctx context.Context, st *csms.Station, req *ocpp16.StartTransactionRequest) (*ocpp16.StartTransactionResponse, error) {
		id := lastTransaction.Add(1)
		fmt.Printf("%s starts transaction %d for %s at %d Wh\n", st.Identity(), id, req.IDTag, req.MeterStart)
		return &ocpp16.StartTransactionResponse{
			TransactionID: id,
			IDTagInfo:     ocpp16.IDTagInfo{Status: ocpp16.AuthorizationStatusAccepted},
		}, nil
	})
	csms.Handle(srv, func(ctx context.Context, st *csms.Station, req *ocpp16.MeterValuesRequest) (*ocpp16.MeterValuesResponse, error) {
		fmt.Printf("%s reports %d meter values of transaction %d\n", st.Identity(), len(req.MeterValue), req.TransactionID.Or(0))
		return &ocpp16.MeterValuesResponse{}, nil
	})
	csms.Handle(srv, func(ctx context.Context, st *csms.Station, req *ocpp16.StopTransactionRequest) (*ocpp16.StopTransactionResponse, error) {
		fmt.Printf("%s ends transaction %d at %d Wh\n", st.Identity(), req.TransactionID, req.MeterStop)
		return &ocpp16.StopTransactionResponse{}, nil
	})
}

func askInterval(st *csms.Station) {
	ctx, cancel := context.WithTimeout(st.Context(), 10*time.Second)
	defer cancel()
	resp, err := csms.Call(ctx, st, &ocpp16.GetConfigurationRequest{Key: []string{"HeartbeatInterval"}})
	if err != nil {
		fmt.Printf("%s: GetConfiguration: %v\n", st.Identity(), err)
		return
	}
	for _, kv := range resp.ConfigurationKey {
		fmt.Printf("%s has %s = %s\n", st.Identity(), kv.Key, kv.Value.Or("?"))
	}
}
