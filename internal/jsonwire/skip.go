package jsonwire

// Skip checks one JSON value of any kind and moves behind it. It needs constant stack; nesting beyond MaxDepth is
// refused.
func (d *Decoder) Skip() bool {
	var open [MaxDepth]byte // the closing brackets that are due
	n := 0
	for {
		entered, ok := d.skipToken(&open, &n)
		if !ok {
			return false
		}
		if !entered && !d.skipCommas(&open, &n) {
			return false
		}
		if n == 0 {
			return true
		}
	}
}

// skipToken reads a scalar, or enters an object or list that is not empty; then its first value is next.
func (d *Decoder) skipToken(open *[MaxDepth]byte, n *int) (entered, ok bool) {
	switch c := d.space(); c {
	case '{', '[':
		if *n == MaxDepth {
			return false, d.syntax("is nested too deeply")
		}
		d.p++
		end := c + 2 // '{' and '}', '[' and ']' are two apart
		if d.space() == end {
			d.p++
			return false, true
		}
		open[*n] = end
		*n++
		if c == '{' {
			_, ok := d.key()
			return true, ok
		}
		return true, true
	case '"':
		_, ok := d.quoted()
		return false, ok
	case 't':
		return false, d.word("true")
	case 'f':
		return false, d.word("false")
	case 'n':
		return false, d.word("null")
	default:
		return false, d.skipNumber()
	}
}

// skipCommas goes on behind a value: to the next value, or out of all that ends here.
func (d *Decoder) skipCommas(open *[MaxDepth]byte, n *int) bool {
	for *n > 0 {
		switch c := d.space(); c {
		case ',':
			d.p++
			if open[*n-1] == '}' {
				_, ok := d.key()
				return ok
			}
			return true
		case open[*n-1]:
			d.p++
			*n--
		default:
			return d.syntax("a comma or a closing bracket is missing")
		}
	}
	return true
}

func (d *Decoder) skipNumber() bool {
	if d.Kind() == 0 {
		return d.syntax(d.noValue())
	}
	end, ok := d.numberEnd()
	if ok {
		d.p = end
	}
	return ok
}

// numberEnd checks the grammar of the number at the cursor (RFC 8259, 6) and returns its end.
func (d *Decoder) numberEnd() (int, bool) {
	s, p := d.s, d.p
	if p < len(s) && s[p] == '-' {
		p++
	}
	whole := p
	p = digits(s, p)
	if p == whole || p > whole+1 && s[whole] == '0' {
		return p, d.syntax("a number is malformed")
	}
	if p < len(s) && s[p] == '.' {
		start := p + 1
		if p = digits(s, start); p == start {
			return p, d.syntax("a number is malformed")
		}
	}
	if p < len(s) && s[p]|0x20 == 'e' {
		p++
		if p < len(s) && (s[p] == '+' || s[p] == '-') {
			p++
		}
		start := p
		if p = digits(s, start); p == start {
			return p, d.syntax("a number is malformed")
		}
	}
	return p, true
}

// digits returns the end of the digits at p.
func digits(s string, p int) int {
	for p < len(s) && isDigit(s[p]) {
		p++
	}
	return p
}
