package v21

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// settlement keeps how a payment ended. The answer has no receipt: this system makes none, so PaymentCtrlr.ReceiptByCSMS
// must be false (C21.FR.03, C21.FR.04).
func settlement(req *ocpp21.NotifySettlementRequest) []fleet.Record {
	r := fleet.Settlement{
		PSPRef: req.PSPRef, Status: string(req.Status), StatusInfo: req.StatusInfo.Or(""), Amount: adapter.Decimal(req.SettlementAmount),
		Time: req.SettlementTime.Time, TransactionID: req.TransactionID.Or(""),
		ReceiptID: req.ReceiptID.Or(""), ReceiptURL: req.ReceiptURL.Or(""), VATNumber: req.VATNumber.Or(""),
	}
	if c := req.VATCompany; c != nil {
		r.Company, r.City, r.PostalCode, r.Country = c.Name, c.City, c.PostalCode.Or(""), c.Country
		r.Address = strings.Trim(c.Address1+", "+c.Address2.Or(""), ", ")
	}
	return []fleet.Record{r}
}

// maxVATNumber is the length of a vatNumber, in characters.
const maxVATNumber = 20

// validateVAT refuses: there is nobody here to ask. The answer names the EVSE of the question (C18.FR.10).
func (h handlers) validateVAT(ctx context.Context, st *csms.Station, req *ocpp21.VatNumberValidationRequest) (*ocpp21.VatNumberValidationResponse, error) {
	if utf8.RuneCountInString(req.VATNumber) > maxVATNumber {
		return nil, ocpp.Errorf(ocpp.PropertyConstraintViolation, "/vatNumber: is longer than %d, and the answer has to repeat it", maxVATNumber)
	}
	const status = ocpp21.GenericStatusRejected
	err := h.Told(ctx, st, fleet.VATCheck{VATNumber: req.VATNumber, EVSE: adapter.Int64(req.EVSEID), Answer: string(status)})
	if err != nil {
		return nil, err
	}
	return &ocpp21.VatNumberValidationResponse{
		VATNumber: req.VATNumber, EVSEID: req.EVSEID, Status: status, StatusInfo: reason("UnsupportedRequest", "VAT numbers are not checked here"),
	}, nil
}
