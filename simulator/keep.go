package simulator

import (
	"slices"
	"sync"

	"github.com/chargeyard/chargeyard/ocpp21"
)

// What a station keeps at most.
const (
	maxDisplayMessages = 20
	maxCertificates    = 20
	maxTariffs         = 20
	maxDERControls     = 50
	maxPublished       = 20
)

// keep is what the CSMS has a station keep.
type keep struct {
	firmware firmware
	uploads  uploads
	monitors monitors

	keepMu       sync.Mutex // guards all below
	messages     []ocpp21.MessageInfo
	certificates []keptCertificate
	tariffs      []keptTariff
	controls     []ocpp21.SetDERControlRequest
	published    []string // checksums
}

// put puts an item in the place of the one that is the same, or behind all others; it reports false when there is no room.
func put[T any](list *[]T, item T, most int, same func(T) bool) bool {
	if i := slices.IndexFunc(*list, same); i >= 0 {
		(*list)[i] = item
		return true
	}
	if len(*list) >= most {
		return false
	}
	*list = append(*list, item)
	return true
}

// drop removes items and reports how many.
func drop[T any](list *[]T, which func(T) bool) int {
	before := len(*list)
	*list = slices.DeleteFunc(*list, which)
	return before - len(*list)
}

func (k *keep) publish(checksum string) {
	k.keepMu.Lock()
	defer k.keepMu.Unlock()
	put(&k.published, checksum, maxPublished, func(c string) bool { return c == checksum })
}

func (k *keep) unpublish(checksum string) bool {
	k.keepMu.Lock()
	defer k.keepMu.Unlock()
	return drop(&k.published, func(c string) bool { return c == checksum }) > 0
}
