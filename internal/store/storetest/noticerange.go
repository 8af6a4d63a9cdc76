package storetest

import (
	"fmt"
	"strings"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// testNoticeRange: whoever follows the notices can tell what was deleted before it was read, and is not given more at
// once than it can hold.
func testNoticeRange(f *fixture) {
	wantRange := func(oldest, newest int64) {
		f.Helper()
		gotOldest, gotNewest, err := f.NoticeRange(f.Context())
		f.ok(err)
		equal(f, "oldest", gotOldest, oldest)
		equal(f, "newest", gotNewest, newest)
	}
	wantRange(0, 0)
	f.restart(store.Options{KeepNotices: 3})
	for i := range 5 {
		f.submit(fleet.SecurityReported{Station: "A", Received: noon, Type: fmt.Sprint(i), TechInfo: strings.Repeat("x", 1000)})
	}
	all, err := f.ListNotices(f.Context(), store.NoticeQuery{})
	f.ok(err)
	wantRange(all[0].Number, all[len(all)-1].Number)
	equal(f, "kept", len(all), 3)
	for bytes, want := range map[int]int{1: 1, 1000: 1, 1100: 2, 1 << 20: 3} {
		some, err := f.ListNotices(f.Context(), store.NoticeQuery{Bytes: bytes})
		f.ok(err)
		equal(f, fmt.Sprint("notices in ", bytes, " bytes"), len(some), want)
	}
}
