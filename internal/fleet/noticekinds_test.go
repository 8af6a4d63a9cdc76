package fleet_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// declared returns the values of the constants of a type in this package, as the source has them.
func declared(t *testing.T, types ...string) (values []string) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			kind, ok := spec.Type.(*ast.Ident)
			literal, ok2 := spec.Values[0].(*ast.BasicLit)
			if ok && ok2 && slices.Contains(types, kind.Name) {
				value, err := strconv.Unquote(literal.Value)
				if err != nil {
					t.Fatal(err)
				}
				values = append(values, value)
			}
			return true
		})
	}
	return values
}

func TestNoticeKindsHasAll(t *testing.T) {
	got := []string{string(fleet.RecordStreamValue)} // of which there is no notice
	for _, k := range fleet.NoticeKinds() {
		got = append(got, string(k))
	}
	want := declared(t, "NoticeKind", "RecordKind")
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q, want\n%q", got, want)
	}
}
