package jsonwire

// ArrayOpen enters the list that frames a message.
func (d *Decoder) ArrayOpen() bool {
	if d.space() != '[' {
		return d.wrongType("is not a list")
	}
	d.p++
	return true
}

// Comma moves to the next element of the frame. It reports false, without failing, when there is none.
func (d *Decoder) Comma() bool {
	if d.space() != ',' {
		return false
	}
	d.p++
	return true
}

// ArrayClose leaves the frame.
func (d *Decoder) ArrayClose() bool {
	if d.space() != ']' {
		return d.syntax("a closing bracket is missing")
	}
	d.p++
	return true
}

// End checks that nothing but white space follows.
func (d *Decoder) End() bool {
	if d.space() != 0 || d.p < len(d.s) {
		return d.syntax("something follows the end")
	}
	return true
}
