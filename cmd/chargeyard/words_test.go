package main

import (
	"io"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// What stands first in a help loses its indentation: it has to be a sentence and no command.
func TestNoHelpBeginsWithACommand(t *testing.T) {
	ctx, err := parse(&cli{}, []string{"version"}, io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	var look func(node *kong.Node)
	look = func(node *kong.Node) {
		if node.Detail != "" {
			n++
		}
		if strings.HasPrefix(node.Detail, " ") {
			t.Errorf("%s: %s", node.Path(), node.Detail)
		}
		for _, child := range node.Children {
			look(child)
		}
	}
	look(ctx.Model.Node)
	if n < 30 {
		t.Errorf("%d helps were looked at", n)
	}
}

// An id is shown as people write it, and what is shown names the same thing.
func TestWhatIsShownOfAnIDNamesIt(t *testing.T) {
	for id, want := range map[string]string{
		"04AB":               "04AB",
		"ISO14443:04AB":      "ISO14443:04AB",
		"a%20b":              "a b",
		"%C3%9C%2Fx:1":       "Ü/x:1",
		"a%3Ab":              "a%3Ab",              // a:b would be b of the type a
		"50%2520":            "50%2520",            // 50%20 would be "50 "
		"%zz":                "%zz",                // no escape
		"KeyCode:12%3A%2034": "KeyCode:12%3A%2034", // its colon is one of three
	} {
		if got := readable(id); got != want {
			t.Errorf("%s is shown as %s, want %s", id, got, want)
		}
	}
	a := ask(t)
	for value, shown := range map[string]string{"a b": "a b", "Ü/c d": "Ü/c d", "c:o": "c%3Ao", "50%20x": "50%2520x"} {
		a.want(0, "The id token "+shown+" was added", "id-tokens", "add", value)
		a.want(0, shown, "id-tokens")
		a.want(0, "on record", "id-tokens", "check", shown)
		a.want(0, "The id token "+shown+" is now: Blocked", "id-tokens", "block", shown)
		a.want(0, "", "id-tokens", "delete", shown)
	}
}
