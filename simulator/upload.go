package simulator

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// uploads are the logs that the CSMS has asked for. A new request cancels the one before (N01.FR.12).
type uploads struct {
	mu     sync.Mutex
	cancel context.CancelFunc // nil: none is under way
	number int
}

// Bounds of an upload, in real time.
const (
	uploadTimeout = 30 * time.Second
	maxAnswer     = 64 << 10 // bytes of the answer that are read
)

// startUpload sends a log to a URL after the answer, and tells how that goes. It returns the name of the file.
func (s *Station) startUpload(kind, target string, tell func(ctx context.Context, status string)) (name string, canceled bool) {
	u := &s.uploads
	u.mu.Lock()
	defer u.mu.Unlock()
	u.number++
	name = fmt.Sprintf("%s-%s-%d.log", s.identity, kind, u.number)
	ctx, cancel := context.WithTimeout(context.Background(), uploadTimeout)
	if canceled = u.cancel != nil; canceled {
		u.cancel()
	}
	u.cancel = cancel
	number := u.number
	s.after(func(run context.Context) {
		defer cancel()
		stop := context.AfterFunc(run, cancel)
		defer stop()
		tell(run, "Uploading")
		status := s.upload(ctx, target, name)
		if u.end(number) {
			tell(run, status)
		} else {
			tell(run, "AcceptedCanceled")
		}
	})
	return name, canceled
}

// end is the end of an upload; it reports false when another one has taken its place.
func (u *uploads) end(number int) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.number != number {
		return false
	}
	u.cancel = nil
	return true
}

// upload sends the log, with PUT and, when that is not allowed, with POST. It returns the status to tell.
func (s *Station) upload(ctx context.Context, target, name string) string {
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "NotSupportedOperation"
	}
	if strings.HasSuffix(u.Path, "/") { // N01.FR.21
		u.Path += name
	}
	code, err := s.send(ctx, http.MethodPut, u.String())
	if err == nil && code == http.StatusMethodNotAllowed {
		code, err = s.send(ctx, http.MethodPost, u.String())
	}
	switch {
	case err == nil && code < 300:
		return "Uploaded"
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return "PermissionDenied"
	}
	return "UploadFailure"
}

// send makes one request. It goes the way that the station's connections go, follows no redirect (2.1 N01.FR.26), and
// leaves no connection behind.
func (s *Station) send(ctx context.Context, method, target string) (code int, err error) {
	req, err := http.NewRequestWithContext(ctx, method, target, strings.NewReader(s.log()))
	if err != nil {
		return 0, err
	}
	client := http.Client{
		Transport:     &http.Transport{DialContext: s.network.next, TLSClientConfig: s.fleet.o.TLS, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()                                   //nolint:errcheck // it was only read
	io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer)) //nolint:errcheck // what it says does not matter
	return resp.StatusCode, nil
}

// log is what the station has to say about itself: its boots, its time without a network, and its sessions.
func (s *Station) log() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s, firmware %s, OCPP %s\n", s.identity, vendor, s.kind().model(), s.firmware.version(), s.version())
	l := s.book.snapshot(s.identity, s.version())
	for _, boot := range l.Boots {
		fmt.Fprintf(&b, "%s boot %s %s\n", timeText(boot.Time), boot.Status, boot.Error)
	}
	for _, p := range l.Offline {
		fmt.Fprintf(&b, "%s offline until %s\n", timeText(p.From), timeText(p.To))
	}
	for _, t := range l.Transactions {
		fmt.Fprintf(&b, "%s transaction %s on EVSE %d: %s Wh, ended %s %s\n", timeText(t.StartedAt), nameOf(t), t.EVSE, t.EnergyWh, timeText(t.EndedAt), t.Reason)
	}
	return b.String()
}
