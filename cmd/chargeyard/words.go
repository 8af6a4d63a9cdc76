package main

import (
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// anyCase lets a word that is one of a few be written in any case: accepted and Accepted are one. All else is read as it is.
func anyCase(ctx *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := ctx.Scan.PopValueInto("string", &text); err != nil {
		return err
	}
	if ctx.Value.Enum != "" {
		for _, word := range ctx.Value.EnumSlice() {
			if strings.EqualFold(word, text) {
				text = word
			}
		}
	}
	target.SetString(text)
	return nil
}

// aDuration reads a duration, and says of what is none how one is written.
func aDuration(ctx *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := ctx.Scan.PopValueInto("duration", &text); err != nil {
		return err
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("%q is no duration such as 90s, 15m or 24h", text)
	}
	target.SetInt(int64(d))
	return nil
}

// anInstant reads a time, and says of what is none how one is written.
func anInstant(ctx *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := ctx.Scan.PopValueInto("time", &text); err != nil {
		return err
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return fmt.Errorf("%q is no time such as 2030-01-01T07:30:00Z or 2030-01-01T08:30:00+01:00", text)
	}
	target.Set(reflect.ValueOf(at))
	return nil
}

// plural counts things.
func plural(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}

// readable is an id of the API, which may be pasted into a URL, as people write it: without escapes. One stays as it is that would then
// be read as another.
func readable(id string) string {
	if strings.Contains(id, "%25") || strings.Contains(id, "%3A") {
		return id
	}
	plain, err := url.PathUnescape(id)
	if err != nil {
		return id
	}
	return plain
}
