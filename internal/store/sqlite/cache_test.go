package sqlite

import (
	"strconv"
	"testing"
)

// TestCacheKeepsNoRowOlderThanADrop: a row that was read before a change and arrives after it is not kept.
func TestCacheKeepsNoRowOlderThanADrop(t *testing.T) {
	c := newCache[string, int]()
	_, drops, _ := c.get("a")
	c.drop("a")
	c.put("a", 1, drops)
	if v, drops, ok := c.get("a"); ok {
		t.Errorf("kept %d", v)
	} else {
		c.put("a", 2, drops)
	}
	if v, _, ok := c.get("a"); !ok || v != 2 {
		t.Errorf("got %d, %v", v, ok)
	}
}

// TestCacheKeepsRowsWhileOthersChange: in a storm of reconnects, a row is dropped during nearly every read.
func TestCacheKeepsRowsWhileOthersChange(t *testing.T) {
	c := newCache[string, int]()
	kept := 0
	for i := range 1000 {
		k := strconv.Itoa(i)
		_, drops, _ := c.get(k)
		c.drop("other" + k)
		c.put(k, i, drops)
		if _, _, ok := c.get(k); ok {
			kept++
		}
	}
	if kept < 950 {
		t.Errorf("kept %d of 1000 rows", kept)
	}
}
