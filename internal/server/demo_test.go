package server

import "testing"

func TestTheDemoRunsInBothModes(t *testing.T) {
	for _, mode := range []Mode{ModeOpen, ModeKnown} {
		r := serve(t, Config{Demo: 3, Stations: mode})
		r.eventually("three stations of three versions have booted", func() bool {
			versions := map[any]bool{}
			for _, st := range r.items("/stations?online=true") {
				if st["bootStatus"] == "Accepted" && st["known"] == (mode == ModeKnown) {
					versions[st["version"]] = true
				}
			}
			return len(versions) == 3
		})
		if err := r.stop(); err != nil {
			t.Error(err)
		}
	}
}
