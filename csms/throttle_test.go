package csms_test

import (
	"time"

	"github.com/chargeyard/chargeyard/csms"
)

// tooMany is a refusal that knows when to come back.
type tooMany struct{}

func (tooMany) Error() string             { return "too many" }
func (tooMany) Unwrap() error             { return csms.ErrTooManyAttempts }
func (tooMany) RetryAfter() time.Duration { return 41*time.Second + 1 }
