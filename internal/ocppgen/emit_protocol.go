package ocppgen

import "fmt"

// codecVersion is the generation of generated code. It names a constant of package jsonwire: code that was
// generated for another generation of the runtime does not compile.
const codecVersion = 1

// protocolSource writes the table of actions and the package comment.
func protocolSource(v *Version) *source {
	s := new(source)
	s.doc = fmt.Sprintf("Package %s has the messages of OCPP %s: requests, responses, their parts and enumerations, with "+
		"a codec and validation of their own. A message is sent with its required properties first, then the optional ones, "+
		"each in the order of the schema, and customData last.", v.Package, v.Name)
	s.linef("// This code and the runtime fit: a runtime of another generation lacks the constant.")
	s.linef("const _ = jsonwire.Generation%d\n", codecVersion)
	s.linef("// Protocol is OCPP %s: its %d actions with direction, kind and constructors. It is immutable.", v.Name, len(v.Actions))
	s.linef("var Protocol = ocpp.NewProtocol(ocpp.%s,", v.Const)
	for _, a := range v.Actions {
		s.linef("ocpp.ActionInfo{\nName: %q, SentBy: %s, Kind: %s, Block: %q,", a.Name, ends(a.SentBy), kind(a), a.Block)
		s.linef("NewRequest: func() any { return new(%s) },", a.Request.Go)
		if a.Response != nil {
			s.linef("NewResponse: func() any { return new(%s) },", a.Response.Go)
		}
		s.linef("},")
	}
	s.linef(")")
	return s
}

func ends(by string) string {
	switch by {
	case "station":
		return "ocpp.StationEnd"
	case "CSMS":
		return "ocpp.CSMSEnd"
	}
	return "ocpp.StationEnd | ocpp.CSMSEnd"
}

func kind(a *Action) string {
	if a.Response == nil {
		return "ocpp.KindSend"
	}
	return "ocpp.KindCall"
}
