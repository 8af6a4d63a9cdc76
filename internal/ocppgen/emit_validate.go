package ocppgen

import "fmt"

// writeValidate writes the check of a message that is about to be sent: all rules of the schema, strict.
func writeValidate(s *source, o *Object) {
	s.linef("// Validate checks v against the schema. An error is an *ocpp.ValidationError.")
	s.linef("func (v *%s) Validate() error {", o.Go)
	for _, f := range o.Fields {
		writeCheck(s, f)
	}
	s.linef("return nil\n}\n")
}

func writeCheck(s *source, f *Field) {
	if f.List {
		writeListCheck(s, f)
		return
	}
	value := "v." + f.Go
	if f.opt() {
		value = "x"
	}
	check := checkValue(f, f.Wire, value)
	switch {
	case check == "":
	case f.opt():
		s.linef("if x, ok := v.%s.Get(); ok {\n%s\n}", f.Go, returnError(check))
	case f.Required:
		s.linef("%s", returnError(check))
	default:
		s.linef("if %s {\n%s\n}", present(f), returnError(check))
	}
}

func returnError(check string) string {
	return fmt.Sprintf("if err := %s; err != nil {\nreturn err\n}", check)
}

// checkValue returns the call that checks one value, "" if nothing can be wrong with it.
func checkValue(f *Field, name, value string) string {
	lo, hi := limits(f)
	limited := f.Min != "" || f.Max != ""
	switch {
	case f.Kind == String:
		return fmt.Sprintf("ocpp.CheckString(%q, %s, %d)", name, value, f.MaxLength)
	case f.Kind == EnumKind:
		return fmt.Sprintf("ocpp.CheckEnum(%q, string(%s), %[2]s.Known())", name, value)
	case f.Kind == Integer && limited:
		return fmt.Sprintf("ocpp.CheckInt(%q, int64(%s), %s, %s)", name, value, lo, hi)
	case f.Kind == Number && f.MultipleOf != "":
		return fmt.Sprintf("ocpp.CheckTenths(%q, %s)", name, value)
	case f.Kind == Number && limited:
		return fmt.Sprintf("ocpp.CheckDecimal(%q, %s, %s, %s)", name, value, lo, hi)
	case f.Kind == DateTime:
		return fmt.Sprintf("ocpp.CheckTime(%q, %s)", name, value)
	case f.Kind == Any:
		return fmt.Sprintf("ocpp.CheckRaw(%q, %s)", name, value)
	case f.Kind == ObjectKind || f.Kind == CustomData:
		return fmt.Sprintf("ocpp.Within(%q, %s.Validate())", name, value)
	}
	return ""
}

func writeListCheck(s *source, f *Field) {
	value := "v." + f.Go
	if f.Required {
		s.linef("%s", returnError(fmt.Sprintf("ocpp.CheckItems(%q, len(%s), %[2]s == nil, %d, %d)", f.Wire, value,
			f.MinItems, f.MaxItems)))
	} else if f.MinItems > 1 || f.MaxItems > 0 {
		s.linef("if len(%s) != 0 {\n%s\n}", value, returnError(fmt.Sprintf("ocpp.CheckItems(%q, len(%s), false, %d, %d)", f.Wire,
			value, f.MinItems, f.MaxItems)))
	}
	check := checkValue(f, "", value+"[i]")
	if f.Kind == ObjectKind {
		check = value + "[i].Validate()"
	}
	if check != "" {
		s.linef("for i := range %s {\n%s\n}", value, returnError(fmt.Sprintf("ocpp.WithinItem(%q, i, %s)", f.Wire, check)))
	}
}
