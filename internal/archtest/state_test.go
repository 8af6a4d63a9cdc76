package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// source is one file of the module that is not a test.
type source struct {
	dir, name string // dir from the root of the module
	file      *ast.File
	generated bool
}

// sources parses the module, but for the modules of their own below it.
func sources(t *testing.T) (all []source, fset *token.FileSet) {
	t.Helper()
	fset = token.NewFileSet()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && p != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || hasModule(p)):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(fset, p, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		all = append(all, source{path.Dir(rel), path.Base(rel), file, ast.IsGenerated(file)})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all, fset
}

func hasModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

// byPackage groups hand-written files by directory.
func byPackage(all []source) map[string][]source {
	packages := map[string][]source{}
	for _, s := range all {
		if !s.generated {
			packages[s.dir] = append(packages[s.dir], s)
		}
	}
	return packages
}

// text writes an expression of names, selectors and indices; the rest is "?".
func text(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return text(e.X) + "." + e.Sel.Name
	case *ast.ParenExpr:
		return text(e.X)
	case *ast.StarExpr:
		return text(e.X)
	case *ast.IndexExpr:
		return text(e.X) + "[]"
	}
	return "?"
}

// last returns the last name of an expression: what a field is called wherever it is.
func last(e ast.Expr) string {
	name := text(e)
	return name[strings.LastIndex(name, ".")+1:]
}

func callOf(n ast.Node, name string) *ast.CallExpr {
	if call, ok := n.(*ast.CallExpr); ok && text(call.Fun) == name {
		return call
	}
	return nil
}

// closings are all places where the connection layer closes a channel, and why nobody can be sending on it.
var closings = map[string]string{
	"csms/lifecycle.go st.ready":     "nothing is sent on it; closed once, by the goroutine that tells of the connection",
	"csms/registry.go gone":          "nothing is sent on it; closed once, by the goroutine that tells of the end",
	"csms/server.go s.ready":         "nothing is sent on it; closed before anybody has the server",
	"csms/limit.go l.closed":         "nothing is sent on it; closed in a sync.Once",
	"csms/limit.go t.gone":           "nothing is sent on it; closed under the lock by whoever moves the socket from waiting to left",
	"csms/shutdown.go finished":      "nothing is sent on it; closed by the goroutine that waits for all work",
	"internal/wsconn/close.go done":  "nothing is sent on it; closed by whoever set the first cause and took it under the lock",
	"internal/wsconn/conn.go c.done": "nothing is sent on it; closed under the lock by whoever made it after the end",
	"ocppj/memory.go done":           "nothing is sent on it; closed by whoever removed its entry under the lock",
	"ocppj/session.go progress":      "nothing is sent on it; closed by whoever took it out of the session under the lock",
	"ocpptest/listener.go l.closed":  "nothing is sent on it; closed under the lock, once",
	"ocpptest/server.go s.done":      "nothing is sent on it; closed by the goroutine that serves",
	"station/boot.go changed":        "nothing is sent on it; announce put another in its place under the lock",
	"station/boot.go b.applying":     "nothing is sent on it; closed by whoever set it to nil under the lock",
	"station/client.go changed":      "nothing is sent on it; announce put another in its place under the lock",
	"station/connection.go changed":  "nothing is sent on it; announce put another in its place under the lock",
	"station/run.go ready":           "nothing is sent on it; closed once, when Dial may return",
	"station/run.go conn.done":       "nothing is sent on it; closed once, by the goroutine that serves the connection",
	"station/run.go stopped":         "nothing is sent on it; closed by whoever ends the run that made it",
}

// senders are the closed channels of whose name one is sent on, and why that does no harm.
var senders = map[string]string{
	"ocppj/memory.go done":                        "calls have a done that is sent on and never closed",
	"internal/server/bulkrecord.go r.queue":       "finish is called when every worker that adds has ended",
	"internal/store/storetest/writing.go numbers": "the one goroutine that sends closes it behind its last value",
}

var connectionLayer = []string{"ocppj", "internal/wsconn", "csms", "station", "ocpptest"}

// Invariant: no channel that has senders is ever closed, or a send panics.
func TestNoChannelWithSendersIsClosed(t *testing.T) {
	all, fset := sources(t)
	seen := map[string]bool{}
	for dir, files := range byPackage(all) {
		sent := map[string]token.Pos{}
		for _, s := range files {
			ast.Inspect(s.file, func(n ast.Node) bool {
				if send, ok := n.(*ast.SendStmt); ok {
					sent[last(send.Chan)] = send.Pos()
				}
				return true
			})
		}
		for _, s := range files {
			ast.Inspect(s.file, func(n ast.Node) bool {
				call := callOf(n, "close")
				if call == nil {
					return true
				}
				site := dir + "/" + s.name + " " + text(call.Args[0])
				seen[site] = true
				at := fset.Position(call.Pos())
				if from, ok := sent[last(call.Args[0])]; ok && senders[site] == "" {
					t.Errorf("%s closes %s, and a channel of that name is sent on at %s", at, text(call.Args[0]), fset.Position(from))
				}
				if slices.Contains(connectionLayer, dir) && closings[site] == "" {
					t.Errorf("%s closes %s: say in closings (%q) why nobody can be sending on it", at, text(call.Args[0]), site)
				}
				return true
			})
		}
	}
	for site := range maps.Keys(closings) {
		if !seen[site] {
			t.Errorf("closings has %q, which is not there any more", site)
		}
	}
}

// constructors are the functions whose results may be held by a package: they do not change.
var constructors = map[string]string{
	"errors.New":          "an error",
	"fmt.Errorf":          "an error",
	"strings.NewReplacer": "safe for concurrent use and never changed",
	"regexp.MustCompile":  "safe for concurrent use and never changed",
	"template.Must":       "a template is not changed once it is executed",
	"crc32.MakeTable":     "a table that is only read",
	"time.Date":           "a value",
	"sync.OnceValues":     "what is computed once is the same ever after",
}

// Invariant: pools, wheels and clocks belong to a value, never to a package. A package holds what does not change:
// errors, tables that are only read, compiled expressions.
func TestNoPackageHasStateOfItsOwn(t *testing.T) {
	all, fset := sources(t)
	for _, s := range all {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: func init has effects that nobody asked for", fset.Position(f.Pos()))
			}
		}
	}
	for _, files := range byPackage(all) {
		changed := changes(files)
		for _, s := range files {
			for name, v := range packageVars(s.file) {
				if why := v.fault(); why != "" {
					t.Errorf("%s: %s %s", fset.Position(v.pos), name, why)
				}
				if at, ok := changed[name]; ok {
					t.Errorf("%s: %s is changed at %s", fset.Position(v.pos), name, fset.Position(at))
				}
			}
		}
	}
}

// packageVar is one variable of a package.
type packageVar struct {
	pos   token.Pos
	typ   ast.Expr
	value ast.Expr
	embed bool
}

func packageVars(f *ast.File) map[string]packageVar {
	vars := map[string]packageVar{}
	for _, d := range f.Decls {
		decl, ok := d.(*ast.GenDecl)
		if !ok || decl.Tok != token.VAR {
			continue
		}
		for _, sp := range decl.Specs {
			spec := sp.(*ast.ValueSpec)
			for i, name := range spec.Names {
				if name.Name == "_" {
					continue
				}
				v := packageVar{pos: name.Pos(), typ: spec.Type, embed: embedded(decl.Doc) || embedded(spec.Doc)}
				if i < len(spec.Values) {
					v.value = spec.Values[i]
				}
				vars[name.Name] = v
			}
		}
	}
	return vars
}

func embedded(doc *ast.CommentGroup) bool {
	return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") })
}

// fault says what is wrong with the variable as it is declared; "" is nothing.
func (v packageVar) fault() string {
	switch value := v.value.(type) {
	case nil:
		if v.embed {
			return ""
		}
		return "has no value: it can only be meant to be changed"
	case *ast.BasicLit, *ast.SelectorExpr, *ast.Ident:
		return ""
	case *ast.CompositeLit: // a table; changes of it are looked for elsewhere
		return stateful(value)
	case *ast.UnaryExpr:
		return stateful(value)
	case *ast.CallExpr:
		switch fun := value.Fun.(type) {
		case *ast.ArrayType: // []byte("...")
			return ""
		case *ast.Ident: // a conversion of a constant: endError("...")
			if len(value.Args) == 1 && fun.Name != "make" && fun.Name != "new" {
				if _, ok := value.Args[0].(*ast.BasicLit); ok {
					return ""
				}
			}
		case *ast.SelectorExpr:
			if constructors[text(fun)] != "" {
				return ""
			}
		}
		return "is made by " + text(value.Fun) + ", which is not known to return what does not change"
	}
	return "has a value of a kind that this test does not know"
}

// stateful finds locks, pools, channels and the like in a literal.
func stateful(e ast.Expr) (why string) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if pkg := text(n.X); pkg == "sync" || pkg == "atomic" {
				why = "has state: " + text(n)
			}
		case *ast.ChanType:
			why = "has a channel"
		case *ast.FuncLit:
			return false // what a function of a table makes when it is called
		}
		return true
	})
	return why
}

// changes finds the names that are assigned to, or whose address is taken, in functions: the names of package
// variables must not be among them. Names that the function declares itself are left out.
func changes(files []source) map[string]token.Pos {
	all, found := map[string]token.Pos{}, map[string]token.Pos{}
	note := func(e ast.Expr) {
		for {
			switch x := e.(type) {
			case *ast.IndexExpr:
				e = x.X
				continue
			case *ast.SelectorExpr:
				e = x.X
				continue
			case *ast.StarExpr:
				e = x.X
				continue
			case *ast.Ident:
				found[x.Name] = x.Pos()
			}
			return
		}
	}
	for _, s := range files {
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			clear(found)
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.AssignStmt:
					for _, l := range n.Lhs {
						note(l)
					}
				case *ast.IncDecStmt:
					note(n.X)
				case *ast.UnaryExpr:
					if n.Op == token.AND {
						note(n.X)
					}
				case *ast.CallExpr:
					if fun := text(n.Fun); (fun == "delete" || fun == "clear") && len(n.Args) > 0 {
						note(n.Args[0])
					}
				}
				return true
			})
			for name := range locals(f) {
				delete(found, name)
			}
			maps.Copy(all, found)
		}
	}
	return all
}

// locals are the names that a function declares itself: parameters, results and variables.
func locals(f *ast.FuncDecl) map[string]bool {
	names := map[string]bool{}
	add := func(e ast.Expr) {
		if id, ok := e.(*ast.Ident); ok {
			names[id.Name] = true
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			for _, name := range n.Names {
				add(name)
			}
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				for _, l := range n.Lhs {
					add(l)
				}
			}
		case *ast.RangeStmt:
			if n.Tok == token.DEFINE {
				add(n.Key)
				add(n.Value)
			}
		case *ast.ValueSpec:
			for _, name := range n.Names {
				add(name)
			}
		}
		return true
	})
	return names
}
