package station

import (
	"errors"
	"net"
)

var (
	// ErrOffline ends a call that was made without a connection. It was not sent. errors.Is(err, net.ErrClosed)
	// holds.
	ErrOffline error = offline("station: there is no connection")

	// ErrNotAccepted ends a call that the boot does not allow: nothing but the boot may be sent before the CSMS has
	// accepted the station (rules R40 to R42). It was not sent.
	ErrNotAccepted error = notSent("station: the CSMS has not accepted the station yet")

	// ErrNoVersion ends an attempt to connect to a CSMS that chose none of the versions offered.
	ErrNoVersion error = errors.New("station: the CSMS chose no version that was offered")

	// ErrNoProfile ends an attempt to connect when no network profile has the security profile that is demanded.
	ErrNoProfile = errors.New("station: no network profile has the security profile that was reached before")

	// ErrRunning says that Run or Dial was called while one of them is at work.
	ErrRunning = errors.New("station: the client is running already")
)

// Why a connection ended at this end. All of them satisfy errors.Is(err, net.ErrClosed).
var (
	ErrClosed    error = gone("station: the client was closed")
	ErrRebooted  error = gone("station: the station reboots")
	ErrReconnect error = gone("station: the connection is made anew")
)

// notSent is an error of a request that never went out.
type notSent string

func (e notSent) Error() string { return string(e) }

// SafeToRetry reports true, see ocpp.SafeToRetry.
func (e notSent) SafeToRetry() bool { return true }

// offline is notSent for want of a connection.
type offline string

func (e offline) Error() string { return string(e) }

// SafeToRetry reports true, see ocpp.SafeToRetry.
func (e offline) SafeToRetry() bool { return true }

// Is makes errors.Is(e, net.ErrClosed) true.
func (e offline) Is(target error) bool { return target == net.ErrClosed }

// gone is a reason for the end of a connection.
type gone string

func (e gone) Error() string { return string(e) }

// Is makes errors.Is(e, net.ErrClosed) true.
func (e gone) Is(target error) bool { return target == net.ErrClosed }
