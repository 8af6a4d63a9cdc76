package archtest

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// shown are the packages of which every entry point has an example, and the types whose methods are entry points. All
// exported functions are.
var shown = map[string][]string{
	"csms":     {"Server", "Station", "LimitListener"},
	"station":  {"Client", "Connection", "Engine"},
	"ocppj":    {"Session"},
	"ocpptest": {"Script", "Peer", "Link", "Direction", "Listener", "Server", "Frame"},
}

// elsewhere are the methods that say little alone: the example that shows each among others. It must use it.
var elsewhere = map[string]string{
	"csms Server.Len":                  "Server_Stations",
	"csms Station.Identity":            "Station",
	"csms Station.Version":             "Station",
	"csms Station.Protocol":            "Station",
	"csms Station.Profile":             "Station",
	"csms Station.RemoteAddr":          "Station",
	"csms Station.ConnectedAt":         "Station",
	"csms Station.LastMessageAt":       "Station",
	"csms Station.Done":                "Station_Close",
	"csms Station.Cause":               "Station_Close",
	"csms Station.Data":                "Station_SetData",
	"csms LimitListener.Pending":       "LimitListener_Accept",
	"csms LimitListener.Close":         "LimitListener_Accept",
	"station Client.Identity":          "FromContext",
	"station Client.Connection":        "Client_Reconnect",
	"station Client.QueueLen":          "Enqueue",
	"station Client.BootStatus":        "Client_Run",
	"station Client.HeartbeatInterval": "Client_SetHeartbeatInterval",
	"station Connection.Identity":      "Connection",
	"station Connection.Version":       "Connection",
	"station Connection.Protocol":      "Connection",
	"station Connection.Profile":       "Connection",
	"station Connection.URL":           "Connection",
	"station Connection.LocalAddr":     "Connection",
	"station Connection.RemoteAddr":    "Connection",
	"station Connection.ConnectedAt":   "Connection",
	"station Connection.Compressed":    "Connection",
	"station Connection.Close":         "Client_Dial",
	"station Connection.Done":          "Client_Dial",
	"station Connection.Cause":         "Client_Dial",
	"station Engine.Close":             "NewEngine",
	"ocppj Session.Identity":           "Session",
	"ocppj Session.Version":            "Session",
	"ocppj Session.Protocol":           "Session",
	"ocppj Session.End":                "Session",
	"ocppj Session.Cause":              "Session_Close",
	"ocppj Session.Done":               "Session_Close",
	"ocpptest Link.Client":             "NewLink",
	"ocpptest Link.Server":             "NewLink",
	"ocpptest Listener.Accept":         "Listen",
	"ocpptest Listener.Dial":           "Listen",
	"ocpptest Listener.Addr":           "Listener_Close",
	"ocpptest Direction.Resume":        "Direction_Pause",
	"ocpptest Peer.ReadText":           "DialPeer",
	"ocpptest Peer.ReadClose":          "DialPeer",
	"ocpptest Peer.SendText":           "DialPeer",
	"ocpptest Peer.SendFragments":      "DialPeer",
	"ocpptest Peer.SendClose":          "DialPeer",
	"ocpptest Peer.Write":              "AcceptPeer",
	"ocpptest Peer.Close":              "AcceptPeer",
	"ocpptest Peer.ReadFrame":          "NewPeer",
	"ocpptest Peer.Send":               "NewPeer",
}

// notShown are exported methods that are no entry points.
var notShown = map[string]string{
	"station Connection.Message": "the connection below calls it",
	"station Connection.Closed":  "the connection below calls it",
}

// The documentation of the packages that programs import shows each of their entry points at work, with output that
// go test compares.
func TestEveryEntryPointHasAnExample(t *testing.T) {
	all, _ := sources(t)
	packages := byPackage(all)
	seen := map[string]bool{}
	for dir, types := range shown {
		have := examples(t, dir)
		for name, ex := range have {
			if ex.Output == "" && !ex.EmptyOutput {
				t.Errorf("%s: Example%s has no output: it is compiled and not run", dir, name)
			}
		}
		for _, entry := range entryPoints(packages[dir], types) {
			key := dir + " " + entry
			seen[key] = true
			own := strings.Replace(entry, ".", "_", 1)
			if place, ok := elsewhere[key]; ok {
				if ex := have[place]; ex == nil || !uses(ex.Code, entry[strings.Index(entry, ".")+1:]) {
					t.Errorf("Example%s of %s does not use %s", place, dir, entry)
				}
			} else if notShown[key] == "" && !slices.ContainsFunc(slices.Collect(maps.Keys(have)), func(n string) bool { return isFor(n, own) }) {
				t.Errorf("%s has no example: write Example%s", key, own)
			}
		}
	}
	for _, list := range []map[string]string{elsewhere, notShown} {
		for key := range list {
			if !seen[key] {
				t.Errorf("%q is listed, and is no entry point any more", key)
			}
		}
	}
}

// entryPoints are the exported functions of a package and the exported methods of some of its types, as "Func" and
// "Type.Method".
func entryPoints(files []source, types []string) (names []string) {
	for _, s := range files {
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || !f.Name.IsExported() {
				continue
			}
			if f.Recv == nil {
				names = append(names, f.Name.Name)
			} else if typ := text(f.Recv.List[0].Type); slices.Contains(types, typ) {
				names = append(names, typ+"."+f.Name.Name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// examples are the examples of a package, by what follows "Example" in their names.
func examples(t *testing.T, dir string) map[string]*doc.Example {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "..", dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	found := map[string]*doc.Example{}
	for _, p := range paths {
		file, err := parser.ParseFile(fset, p, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, ex := range doc.Examples(file) {
			found[ex.Name] = ex
		}
	}
	return found
}

// isFor reports whether an example is one of the entry point: its name, or that and a suffix in lower case.
func isFor(example, entry string) bool {
	suffix, ok := strings.CutPrefix(example, entry)
	if !ok || suffix == "" {
		return ok
	}
	first, _ := utf8.DecodeRuneInString(strings.TrimPrefix(suffix, "_"))
	return suffix[0] == '_' && unicode.IsLower(first)
}

// uses reports whether code has a selector of the name.
func uses(code ast.Node, name string) (found bool) {
	ast.Inspect(code, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		found = found || ok && sel.Sel.Name == name
		return !found
	})
	return found
}
