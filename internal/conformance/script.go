package conformance

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/chargeyard/chargeyard/ocpp"
)

// File is a file of cases.
type File struct {
	Name   string // without folders and extension
	Server string // how its server is set up
	Cases  []*Case
}

// Case is one conversation.
type Case struct {
	Name    string
	File    string
	Version ocpp.Version
	Again   bool   // it has been told in another version already
	AlsoIn  string // the other versions that it is told in
	Uses    []string
	About   string
	Waiting string // what the server cannot do yet, "" if it can do everything
	Steps   []Step
}

// Published reports whether the case is a published test case.
func (c *Case) Published() bool { return strings.HasPrefix(c.Name, "TC_") && !c.Again }

// Step is one line of a case.
type Step struct {
	At   string // file and line
	Verb string
	Text string
}

// ReadFiles reads all files of a folder, in the order of their names.
func ReadFiles(folder string) ([]*File, error) {
	paths, err := filepath.Glob(filepath.Join(folder, "*.txt"))
	if err != nil {
		return nil, err
	}
	var files []*File
	for _, path := range paths {
		f, err := readFile(folder, path)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// reader reads one file.
type reader struct {
	folder   string
	file     *File
	versions []ocpp.Version
	current  []*Case // one for each version
}

func readFile(folder, path string) (*File, error) {
	steps, err := readSteps(path)
	if err != nil {
		return nil, err
	}
	r := reader{folder: folder, file: &File{Name: strings.TrimSuffix(filepath.Base(path), ".txt")}}
	if steps, err = r.repeat(steps); err != nil {
		return nil, err
	}
	for _, s := range steps {
		if err := r.take(s); err != nil {
			return nil, fmt.Errorf("%s: %w", s.At, err)
		}
	}
	return r.file, nil
}

// readSteps splits a file into lines with a verb.
func readSteps(path string) (steps []Step, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		trimmed := strings.TrimSpace(line)
		verb, rest, _ := strings.Cut(trimmed, " ")
		switch {
		case trimmed == "" || line[0] == '#':
		case line[0] == ' ' || line[0] == '\t':
			if len(steps) == 0 {
				return nil, fmt.Errorf("%s:%d: there is no line to continue", path, n)
			}
			steps[len(steps)-1].Text += " " + trimmed
		default:
			steps = append(steps, Step{At: fmt.Sprintf("%s:%d", filepath.Base(path), n), Verb: verb, Text: strings.TrimSpace(rest)})
		}
	}
	return steps, lines.Err()
}

// take adds a line to the file.
func (r *reader) take(s Step) error {
	switch s.Verb {
	case "version":
		return r.takeVersions(s.Text)
	case "server":
		if len(r.file.Cases) > 0 {
			return fmt.Errorf("the server is set up before the first case")
		}
		r.file.Server = strings.TrimSpace(r.file.Server + " " + s.Text)
		return nil
	case "case":
		return r.takeCase(s.Text)
	}
	if len(r.current) == 0 {
		return fmt.Errorf("there is no case")
	}
	for _, c := range r.current {
		if err := r.takeStep(c, s); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) takeVersions(text string) error {
	r.versions = nil
	for word := range strings.FieldsSeq(text) {
		v, ok := ocpp.ParseVersion(word)
		if !ok {
			return fmt.Errorf("unknown version %q", word)
		}
		r.versions = append(r.versions, v)
	}
	return nil
}

// takeCase begins a case in each version; in all but the first its name tells which.
func (r *reader) takeCase(name string) error {
	if len(r.versions) == 0 {
		return fmt.Errorf("there is no version")
	}
	r.current = nil
	for i, v := range r.versions {
		c := &Case{Name: name, File: r.file.Name, Version: v, Again: i > 0}
		if c.Again {
			c.Name += "@" + v.String()
			r.current[0].AlsoIn = strings.TrimPrefix(r.current[0].AlsoIn+", "+v.String(), ", ")
		}
		r.current = append(r.current, c)
	}
	r.file.Cases = append(r.file.Cases, r.current...)
	return nil
}

func (r *reader) takeStep(c *Case, s Step) error {
	switch s.Verb {
	case "use":
		c.Uses = append(c.Uses, strings.Fields(strings.ReplaceAll(s.Text, ",", " "))...)
	case "about":
		c.About = strings.TrimSpace(c.About + " " + s.Text)
	case "waiting":
		c.Waiting = s.Text
	case "do":
		return r.include(c, s)
	case "ask":
		action, payload, _ := strings.Cut(s.Text, " ")
		if payload == "" {
			payload = "{}"
		}
		c.Steps = append(c.Steps,
			Step{s.At, "api", fmt.Sprintf(`POST /stations/$cs/commands {"action":%q,"payload":%s}`, action, payload)},
			Step{s.At, "<", action + " " + payload})
	case "verb":
		name, arguments, _ := strings.Cut(s.Text, " ")
		c.Steps = append(c.Steps, Step{s.At, "api", fmt.Sprintf("POST /stations/$cs/%s %s", name, arguments)})
	case "did":
		status, answer, _ := strings.Cut(s.Text, " ")
		c.Steps = append(c.Steps, Step{s.At, ">", answer}, Step{s.At, "=>", fmt.Sprintf(`200 {"status":%q,"response":%s}`, status, answer)})
	case "reply":
		c.Steps = append(c.Steps, Step{s.At, ">", s.Text}, Step{s.At, "=>", `200 {"response":` + s.Text + `}`})
	case "connect", "as", "tx", ">", "<", "close", "closed", "api", "=>", "until", "set", "default":
		c.Steps = append(c.Steps, s)
	default:
		return fmt.Errorf("unknown verb %q", s.Verb)
	}
	return nil
}

// include adds the steps of a state.
func (r *reader) include(c *Case, s Step) error {
	words := strings.Fields(s.Text)
	if len(words) == 0 {
		return fmt.Errorf("do what?")
	}
	for _, word := range words[1:] {
		name, value, _ := strings.Cut(word, "=")
		c.Steps = append(c.Steps, Step{At: s.At, Verb: "set", Text: name + " " + value})
	}
	steps, err := readSteps(filepath.Join(r.folder, "states", words[0]+".txt"))
	if err != nil {
		return err
	}
	for _, step := range steps {
		step.At = s.At + " > " + step.At
		if err := r.takeStep(c, step); err != nil {
			return fmt.Errorf("%s: %w", step.At, err)
		}
	}
	return nil
}

// repeat unrolls what is said for each line of a table.
func (r *reader) repeat(steps []Step) (list []Step, err error) {
	for i := 0; i < len(steps); i++ {
		if steps[i].Verb != "each" {
			list = append(list, steps[i])
			continue
		}
		body := steps[i+1:]
		end := 0
		for end < len(body) && body[end].Verb != "end" {
			end++
		}
		if end == len(body) {
			return nil, fmt.Errorf("%s: each has no end", steps[i].At)
		}
		rows, err := ReadTable(filepath.Join(r.folder, "tables", steps[i].Text+".txt"))
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			for _, s := range body[:end] {
				s.Text = row.fill(s.Text)
				list = append(list, s)
			}
		}
		i += end + 1
	}
	return list, nil
}

// Row is a line of a table, by column.
type Row map[string]string

func (r Row) fill(text string) string {
	for name, field := range r {
		text = strings.ReplaceAll(text, "%"+name+"%", field)
	}
	return text
}

// ReadTable reads a file whose first line names the columns. Lines with # at the beginning are comments.
func ReadTable(path string) (rows []Row, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var columns []string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		fields := strings.Split(line, "\t")
		switch {
		case line == "" || line[0] == '#':
		case columns == nil:
			columns = fields
		case len(fields) != len(columns):
			return nil, fmt.Errorf("%s: %d fields, want %d: %s", path, len(fields), len(columns), line)
		default:
			row := Row{}
			for i, name := range columns {
				row[name] = fields[i]
			}
			rows = append(rows, row)
		}
	}
	return rows, nil
}
