package main

import (
	"reflect"
	"strings"

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
