package ocppj_test

import (
	"context"
	"fmt"

	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocppj"
)

func ExampleWithBeforeSend() {
	csms, station := connect(ocpp16.Protocol, ocppj.Options{}, ocppj.Options{
		Route: routes(map[string]handler{
			"ClearCache": func(context.Context, any) (any, error) {
				fmt.Println("the station clears its cache")
				return &ocpp16.ClearCacheResponse{Status: ocpp16.ClearCacheStatusAccepted}, nil
			},
		}),
	})
	defer close2(csms, station)

	ctx := ocppj.WithBeforeSend(context.Background(), func(context.Context) error {
		fmt.Println("from here on it may have been delivered")
		return nil
	})
	if _, err := ocppj.Call(ctx, csms, &ocpp16.ClearCacheRequest{}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// from here on it may have been delivered
	// the station clears its cache
}
