package sqlite

import "testing"

// TestCacheKeepsNoRowOlderThanADrop: a row that was read before a change and arrives after it is not kept.
func TestCacheKeepsNoRowOlderThanADrop(t *testing.T) {
	var c cache[string, int]
	_, generation, _ := c.get("a")
	c.drop("a")
	c.put("a", 1, generation)
	if v, generation, ok := c.get("a"); ok {
		t.Errorf("kept %d", v)
	} else {
		c.put("a", 2, generation)
	}
	if v, _, ok := c.get("a"); !ok || v != 2 {
		t.Errorf("got %d, %v", v, ok)
	}
}
