package main

import (
	"strings"
	"testing"
)

func TestWithoutSchemasItSaysWhoPublishesThem(t *testing.T) {
	err := run("", "overlay.txt", t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "Open Charge Alliance") || !strings.Contains(err.Error(), "OCPP_SCHEMAS") {
		t.Error("got", err)
	}
}

func TestAFolderWithoutSchemasIsAnError(t *testing.T) {
	out := t.TempDir()
	err := run(t.TempDir(), "../../internal/ocppgen/overlay.txt", out)
	if err == nil || !strings.Contains(err.Error(), "no schemas in folder 1.6") {
		t.Error("got", err)
	}
}
