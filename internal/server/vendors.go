package server

import (
	"errors"
	"fmt"
	"strings"

	"github.com/chargeyard/chargeyard/internal/adapter"
)

// vendors makes the handlers of DataTransfers. What nobody programmed a handler for can still be taken and kept, so that
// whoever knows the format reads it from the API: Config.DataVendors names such vendors.
func (c Config) vendors() (adapter.Vendors, error) {
	var v adapter.Vendors
	for _, entry := range c.DataVendors {
		vendor, message, ok := strings.Cut(entry, "/")
		if !ok {
			message = adapter.AnyMessage
		}
		if vendor == "" || message == "" {
			return v, fmt.Errorf("a vendor of data is VENDOR or VENDOR/MESSAGE, not %q", entry)
		}
		if err := v.Add(vendor, message, adapter.Accept); err != nil {
			return v, errors.New("a vendor of data is named twice: " + entry)
		}
	}
	return v, nil
}
