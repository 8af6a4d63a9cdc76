package simulator

import (
	"context"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"
)

// firmware is the program of a station and its updates. It is safe for concurrent use.
type firmware struct {
	mu      sync.Mutex
	current string // "" is the initial one
	job     int    // counts updates: a new one cancels the one before
	busy    bool
}

func (f *firmware) version() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.current == "" {
		return initialFirmware
	}
	return f.current
}

// begin starts a job; canceled says that it takes the place of another.
func (f *firmware) begin() (job int, canceled bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	canceled, f.busy = f.busy, true
	f.job++
	return f.job, canceled
}

// goesOn reports whether a job was not canceled.
func (f *firmware) goesOn(job int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.job == job
}

func (f *firmware) done(job int, version string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.job == job {
		f.busy = false
	}
	if version != "" {
		f.current = version
	}
}

// update is a firmware update as the CSMS asks for it.
type update struct {
	location          string
	retrieve, install time.Time // zero: at once
	signed            bool
	tell              func(ctx context.Context, status string)
}

// firmwareStep is how long each part of an update takes, simulated.
const firmwareStep = 5 * time.Second

// startUpdate begins an update after the answer; it reports whether another one is canceled.
func (s *Station) startUpdate(u update) (canceled bool) {
	job, canceled := s.firmware.begin()
	s.after(func(ctx context.Context) { s.updateFirmware(ctx, job, u) })
	return canceled
}

// updateFirmware goes through an update: it downloads, waits until nothing charges, installs and boots again (L01). Names
// of files with "corrupt" in them cannot be downloaded, with "badsignature" not be verified, with "broken" not be installed.
func (s *Station) updateFirmware(ctx context.Context, job int, u update) {
	version := ""
	defer func() { s.firmware.done(job, version) }()
	step := func(status string, until time.Time) bool {
		u.tell(ctx, status)
		return s.sleep(max(firmwareStep, until.Sub(s.now()))) && s.firmware.goesOn(job)
	}
	file := strings.ToLower(path.Base(location(u.location)))
	if u.retrieve.After(s.now()) && !step("DownloadScheduled", u.retrieve) || !step("Downloading", time.Time{}) {
		return
	}
	if strings.Contains(file, "corrupt") {
		u.tell(ctx, "DownloadFailed")
		return
	}
	if !step("Downloaded", time.Time{}) {
		return
	}
	if u.signed && strings.Contains(file, "badsignature") {
		u.tell(ctx, "InvalidSignature")
		s.securityEvent(ctx, "InvalidFirmwareSignature", file)
		return
	}
	if u.signed && !step("SignatureVerified", time.Time{}) || u.install.After(s.now()) && !step("InstallScheduled", u.install) {
		return
	}
	if version = s.install(ctx, u, file, step); version != "" {
		s.firmware.done(job, version)
		s.reboot(ctx, StopReboot)
	}
}

// install takes the EVSEs out of service (L01.FR.07), installs and puts them back. It returns the version, "" when it failed.
func (s *Station) install(ctx context.Context, u update, file string, step func(string, time.Time) bool) string {
	before := make([]map[int]bool, len(s.outlets))
	for i, o := range s.outlets {
		before[i] = o.service()
		o.setOperative(0, false)
		s.showAll(ctx, o, s.now())
	}
	defer func() {
		for i, o := range s.outlets {
			o.setService(before[i])
			s.showAll(ctx, o, s.now())
		}
	}()
	if !s.waitIdle(s.soft) || !step("Installing", time.Time{}) {
		return ""
	}
	if strings.Contains(file, "broken") {
		u.tell(ctx, "InstallationFailed")
		return ""
	}
	u.tell(ctx, "Installed")
	s.securityEvent(ctx, "FirmwareUpdated", file) // L01.FR.31
	return strings.TrimSuffix(strings.TrimSuffix(file, path.Ext(file)), ".")
}

// location is the path of a URL.
func location(text string) string {
	if u, err := url.Parse(text); err == nil && u.Path != "" {
		return u.Path
	}
	return "firmware"
}

// sleep lets simulated time pass; it reports false when the simulation ends.
func (s *Station) sleep(d time.Duration) bool {
	t := s.timer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-s.soft.Done():
		return false
	}
}
