package csms

import "testing"

func TestLRUForgetsWhatWasPutTheLongestAgo(t *testing.T) {
	l := newLRU[string, int](2)
	l.put("a", 1)
	l.put("b", 2)
	l.put("a", 3)
	l.put("c", 4)
	if _, ok := l.take("b"); ok {
		t.Error("b is remembered")
	}
	if v, ok := l.take("a"); !ok || v != 3 {
		t.Errorf("a is %d, %v", v, ok)
	}
	if _, ok := l.take("a"); ok {
		t.Error("a was taken twice")
	}
	if v, ok := l.take("c"); !ok || v != 4 || l.order.Len() != 0 || len(l.entries) != 0 {
		t.Errorf("c is %d, %v, %d left", v, ok, l.order.Len())
	}
}
