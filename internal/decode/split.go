package decode

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// chunk is a piece of the input that may be a frame.
type chunk struct {
	line     int
	text     []byte
	fault    string // why it was not read; "" when it was
	trailing bool   // something follows on the line that belongs to nothing
	quoted   bool   // it was in a string, on one line whatever is in it
}

// lineAt returns the line of the input on which an offset of the text is.
func (c chunk) lineAt(offset int) int {
	if c.quoted {
		return c.line
	}
	return c.line + bytes.Count(c.text[:min(offset, len(c.text))], []byte("\n"))
}

// What a frame begins with. A log has brackets, too: a list that has a number first and a string second is likely a frame.
// In a string of JSON, or of a log that quotes as Go does, the quotes are escaped.
var (
	opening = regexp.MustCompile(`^\[\s*\d+(?:\.\d+)?\s*,\s*(\\?"?)`)
	alone   = regexp.MustCompile(`^\[\s*(?:\d+(?:\.\d+)?\s*(?:[,"\]]|$)|["{\]-]|$)`) // when nothing is before it on the line
)

// splitter cuts the input into chunks. A frame may go over lines, and a line may have several and text around them.
type splitter struct {
	r         *bufio.Reader
	max       int
	line      int
	textLines int
	ready     []chunk

	open     []byte // a frame that has not ended; nil: none
	openLine int
	depth    int
	inString bool
	escaped  bool
}

func newSplitter(r io.Reader, limit int) *splitter {
	return &splitter{r: bufio.NewReader(r), max: limit}
}

// next returns io.EOF at the end.
func (s *splitter) next() (chunk, error) {
	for len(s.ready) == 0 {
		line, long, err := s.readLine()
		switch {
		case errors.Is(err, io.EOF) && len(line) == 0 && s.open == nil:
			return chunk{}, io.EOF
		case errors.Is(err, io.EOF) && len(line) == 0:
			s.emit()
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return chunk{}, err
		}
		s.line++
		if s.line == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if long {
			s.tooLong(s.line)
			continue
		}
		s.feed(bytes.TrimRight(line, "\r\n"))
	}
	c := s.ready[0]
	s.ready = s.ready[1:]
	return c, nil
}

// readLine reads a line. Of one that is too long only the beginning is kept.
func (s *splitter) readLine() (line []byte, long bool, err error) {
	for {
		part, err := s.r.ReadSlice('\n')
		if room := s.max - len(line); len(part) > room+2 { // a line ends with up to two bytes that do not count
			part, long = part[:max(room, 0)], true
		}
		line = append(line, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, long, err
		}
	}
}

func (s *splitter) tooLong(line int) {
	if s.open != nil {
		line = s.openLine
	}
	s.reset()
	s.ready = append(s.ready, chunk{line: line, fault: fmt.Sprintf("is longer than %d bytes; it was not looked at", s.max)})
}

func (s *splitter) reset() {
	s.open, s.depth, s.inString, s.escaped = nil, 0, false, false
}

// emit passes what is open on.
func (s *splitter) emit() {
	s.ready = append(s.ready, chunk{line: s.openLine, text: bytes.TrimRight(s.open, "\n")})
	s.reset()
}

// feed takes a line.
func (s *splitter) feed(line []byte) {
	if s.open != nil && s.begins(line) {
		if s.onlyOpened() {
			s.reset() // a list of frames
		} else {
			s.emit() // the end of a frame is missing
		}
	}
	found := false
	if s.open != nil {
		if line = s.take(line); s.open != nil {
			return
		}
		found = true
	}
	s.scan(line, found)
}

// begins reports whether a new frame begins in a line, although one is open.
func (s *splitter) begins(line []byte) bool {
	rest := bytes.TrimSpace(line)
	if s.onlyOpened() && len(rest) > 0 && rest[0] == '[' {
		return true
	}
	for i := bytes.IndexByte(rest, '['); i >= 0; i = nextBracket(rest, i) {
		if m := opening.FindSubmatch(rest[i:]); m != nil && string(m[1]) == `"` {
			return i == 0 || !strings.ContainsRune(`"{}],:`, rune(rest[0]))
		}
	}
	return false
}

// onlyOpened reports whether a bracket is all there is of the frame that is open: it may be a list of frames.
func (s *splitter) onlyOpened() bool {
	return len(s.open) < 64 && string(bytes.TrimSpace(s.open)) == "["
}

// scan looks for frames in a line, or in the rest of one.
func (s *splitter) scan(line []byte, found bool) {
	bare := found // the frame before began its line
	for {
		at, isQuoted := frameStart(line, !found)
		if at < 0 {
			break
		}
		bare = !found && len(bytes.TrimSpace(line[:at])) == 0
		found = true
		if isQuoted {
			line = s.unquote(line[at:])
			continue
		}
		s.openLine, s.open = s.line, []byte{}
		if line = s.take(line[at:]); s.open != nil {
			return
		}
	}
	rest := bytes.TrimSpace(line)
	switch {
	case !found && len(rest) > 0:
		s.textLines++
	case found && bare && len(rest) > 0 && string(rest) != "," && len(s.ready) > 0:
		s.ready[len(s.ready)-1].trailing = true
	}
}

// frameStart finds where the next frame begins; -1: nowhere. In a whole line, one that is likely a frame goes before one
// that may be.
func frameStart(line []byte, whole bool) (at int, isQuoted bool) {
	bare := line[len(line)-len(bytes.TrimLeft(line, " \t")):]
	if whole && opening.Match(bare) {
		return len(line) - len(bare), false
	}
	maybe := -1
	for i := bytes.IndexByte(line, '['); i >= 0 && i < len(line); i = nextBracket(line, i) {
		m := opening.FindSubmatch(line[i:])
		switch {
		case m == nil:
		case string(m[1]) == `\"` && i > 0 && line[i-1] == '"':
			return i - 1, true
		case string(m[1]) == `"` || !whole:
			return i, false
		case maybe < 0:
			maybe = i
		}
	}
	if maybe < 0 && whole && alone.Match(bare) {
		return len(line) - len(bare), false
	}
	return maybe, false
}

// nextBracket finds the next one behind i; -1: there is none.
func nextBracket(line []byte, i int) int {
	next := bytes.IndexByte(line[i+1:], '[')
	if next < 0 {
		return -1
	}
	return i + 1 + next
}

// take reads a frame up to its end, or the line's, and returns what follows.
func (s *splitter) take(line []byte) (rest []byte) {
	for i, b := range line {
		if s.step(b); s.depth == 0 {
			s.open = append(s.open, line[:i+1]...)
			s.emit()
			return line[i+1:]
		}
	}
	s.open = append(append(s.open, line...), '\n')
	switch {
	case len(s.open) > s.max+1:
		s.tooLong(s.line)
	case s.inString: // a line cannot end in a string
		s.emit()
	}
	return nil
}

// step follows the brackets.
func (s *splitter) step(b byte) {
	switch {
	case s.escaped:
		s.escaped = false
	case s.inString:
		s.escaped = b == '\\'
		s.inString = b != '"'
	case b == '"':
		s.inString = true
	case b == '[' || b == '{':
		s.depth++
	case b == ']' || b == '}':
		s.depth--
	}
}

// unquote passes on the frame in the string at the beginning of text, and returns what follows the string.
func (s *splitter) unquote(text []byte) (rest []byte) {
	end := 1
	for ; end < len(text) && text[end] != '"'; end++ {
		if text[end] == '\\' {
			end++
		}
	}
	end = min(end+1, len(text))
	frame, literal := "", string(text[:end])
	if json.Unmarshal(text[:end], &frame) != nil {
		if plain, err := strconv.Unquote(literal); err == nil {
			frame = plain
		} else {
			frame = literal[1:] // what is wrong with it will be said
		}
	}
	s.ready = append(s.ready, chunk{line: s.line, text: []byte(frame), quoted: true})
	return text[end:]
}
