package simulator

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

//go:embed scenarios/*.yaml
var scenarioFiles embed.FS

// maxScenarioFile bounds what ParseScenario reads, in bytes.
const maxScenarioFile = 1 << 20

// Scenarios returns the names of the scenarios that come with the package, in order.
func Scenarios() []string {
	entries, err := scenarioFiles.ReadDir("scenarios")
	if err != nil {
		panic(err) // they are part of the program
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	slices.Sort(names)
	return names
}

// LoadScenario returns a scenario that comes with the package, by its name, or one in a file, by its path. An error names
// the line and the key that are wrong.
func LoadScenario(nameOrFile string) (*Scenario, error) {
	f, err := openScenario(nameOrFile)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	s, err := ParseScenario(f)
	if err != nil {
		return nil, fmt.Errorf("%w (%s)", err, nameOrFile)
	}
	s.Name = strings.TrimSuffix(filepath.Base(nameOrFile), filepath.Ext(nameOrFile))
	return s, nil
}

func openScenario(nameOrFile string) (fs.File, error) {
	if f, err := scenarioFiles.Open("scenarios/" + nameOrFile + ".yaml"); err == nil {
		return f, nil
	}
	f, err := os.Open(nameOrFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("simulator: there is no scenario and no file %q; scenarios are %s", nameOrFile, strings.Join(Scenarios(), ", "))
	}
	if err != nil {
		return nil, fmt.Errorf("simulator: %w", err)
	}
	return f, nil
}

// ParseScenario reads a scenario. Keys that there are not and values that cannot be are errors that name the line and the
// key.
func ParseScenario(r io.Reader) (*Scenario, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxScenarioFile+1))
	if err != nil {
		return nil, fmt.Errorf("simulator: reading a scenario: %w", err)
	}
	if len(text) > maxScenarioFile {
		return nil, fmt.Errorf("simulator: a scenario has at most %d bytes", maxScenarioFile)
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, fmt.Errorf("simulator: the scenario is no YAML: %s", yaml.FormatError(err, false, false))
	}
	if len(file.Docs) > 1 {
		return nil, errors.New("simulator: a scenario is one YAML document")
	}
	s := new(Scenario)
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if err := yaml.NodeToValue(doc.Body, s, scenarioOptions()...); err != nil {
			return nil, fmt.Errorf("simulator: the scenario: %s%s", positionOfTime(doc.Body, err), yaml.FormatError(err, false, false))
		}
	}
	if wrong := s.check(); wrong != nil {
		return nil, fmt.Errorf("simulator: the scenario: %s%w", position(file, wrong.key), wrong)
	}
	return s, nil
}

func scenarioOptions() []yaml.DecodeOption {
	return []yaml.DecodeOption{
		yaml.DisallowUnknownField(),
		yaml.CustomUnmarshaler(func(d *time.Duration, text []byte) (err error) {
			*d, err = parseSpan(plain(text))
			return err
		}),
		yaml.CustomUnmarshaler(func(r *Range, text []byte) (err error) {
			*r, err = ParseRange(plain(text))
			return err
		}),
	}
}

// plain is the text of a scalar without quotes.
func plain(text []byte) string { return strings.Trim(strings.TrimSpace(string(text)), `"'`) }

// position is where a key is: "[line:column] ", or "" when it is not there.
func position(file *ast.File, key string) string {
	path, err := yaml.PathString("$." + key)
	if err != nil {
		return ""
	}
	node, err := path.FilterFile(file)
	if err != nil || node == nil || node.GetToken() == nil {
		return ""
	}
	p := node.GetToken().Position
	return fmt.Sprintf("[%d:%d] ", p.Line, p.Column)
}

// positionOfTime is where the text is that is no time, for an error that says so.
func positionOfTime(body ast.Node, err error) string {
	wrong, ok := errors.AsType[*notTime](err)
	if !ok {
		return ""
	}
	var found string
	ast.Walk(visitor(func(n ast.Node) {
		key, ok := n.(*ast.MappingValueNode)
		if ok && found == "" && key.Value != nil && plain([]byte(key.Value.String())) == wrong.text {
			p := key.Value.GetToken().Position
			found = fmt.Sprintf("[%d:%d] %s: ", p.Line, p.Column, strings.TrimPrefix(key.GetPath(), "$."))
		}
	}), body)
	return found
}

// visitor calls a function for each node.
type visitor func(ast.Node)

// Visit implements ast.Visitor.
func (v visitor) Visit(n ast.Node) ast.Visitor {
	v(n)
	return v
}
