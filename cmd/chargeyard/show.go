package main

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/url"
	"strings"

	"github.com/mattn/go-runewidth"
)

// items is a list of the API.
type items = iter.Seq2[json.RawMessage, error]

// decoded yields the items with what a table needs of them.
func decoded[T any](list items) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for item, err := range list {
			var v T
			if err == nil {
				err = json.Unmarshal(item, &v)
			}
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}

// first ends a list after n items; 0 is no end.
func first(list items, n int) items {
	return func(yield func(json.RawMessage, error) bool) {
		left := n
		for item, err := range list {
			left--
			if !yield(item, err) || left == 0 {
				return
			}
		}
	}
}

// writeArray writes a list as one JSON array, item by item as they come.
func writeArray(w io.Writer, list items) error {
	separator := "["
	for item, err := range list {
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "%s\n%s", separator, item); err != nil {
			return err
		}
		separator = ","
	}
	if separator == "[" {
		_, err := fmt.Fprintln(w, "[]")
		return err
	}
	_, err := fmt.Fprintln(w, "\n]")
	return err
}

// writeJSON writes what the API said.
func writeJSON(w io.Writer, body json.RawMessage) error {
	_, err := fmt.Fprintf(w, "%s\n", strings.TrimSpace(string(body)))
	return err
}

// nothing says that a list is empty: there is nothing of a kind, or nothing that was asked for.
func nothing(kind string, query url.Values) string {
	for name := range query {
		if name != "limit" {
			return "No " + kind + " matches."
		}
	}
	return "There is no " + kind + "."
}

// facts are names and values below each other.
type facts [][2]string

func (f *facts) add(name, value string) {
	if value != "" && value != none {
		*f = append(*f, [2]string{name, value})
	}
}

// addCount adds a number that is not zero, with what it means.
func (f *facts) addCount(name string, n int, words string) {
	if n != 0 {
		f.add(name, fmt.Sprintf("%d (%s)", n, words))
	}
}

// write aligns the values.
func (f facts) write(w io.Writer) error {
	width := 0
	for _, fact := range f {
		width = max(width, runewidth.StringWidth(fact[0]))
	}
	for _, fact := range f {
		fill := strings.Repeat(" ", width-runewidth.StringWidth(fact[0])+gap)
		if _, err := fmt.Fprintln(w, fact[0]+fill+printable(fact[1])); err != nil {
			return err
		}
	}
	return nil
}
