package ocppgen

import (
	"maps"
	"path"
)

// Generate returns the Go source of all packages, by file name relative to the root of the module.
func Generate(m *Model) (map[string][]byte, error) {
	out := make(map[string][]byte)
	for _, v := range m.Versions {
		files, err := generateVersion(v)
		if err != nil {
			return nil, err
		}
		maps.Copy(out, files)
	}
	return out, nil
}

// fileParts collects one file: what its reader looks for first, and the codec below it.
type fileParts struct{ types, codec source }

func generateVersion(v *Version) (map[string][]byte, error) {
	files := map[string]*fileParts{"protocol.go": {types: *protocolSource(v)}, "types.go": {}, "enums.go": {}}
	for _, a := range v.Actions {
		files[fileName(a.Name)] = actionFile(v, a)
	}
	for _, o := range v.Objects {
		writeObject(files[home(o.UsedBy, "types.go")], o)
	}
	for _, e := range v.Enums {
		writeEnum(files[home(e.UsedBy, "enums.go")], e)
	}
	out := make(map[string][]byte)
	for name, f := range files {
		f.types.Write(f.codec.Bytes())
		text, err := f.types.file("OCPP "+v.Name+" schemas", v.Package)
		if err != nil {
			return nil, err
		}
		out[path.Join(v.Package, name)] = text
	}
	text, err := messageTables(v)
	out[path.Join("internal/msgdoc", v.Package+".go")] = text
	return out, err
}

// home is the file of a type: that of the only action which uses it, or the shared one.
func home(usedBy []string, shared string) string {
	if len(usedBy) == 1 {
		return fileName(usedBy[0])
	}
	return shared
}

// actionFile writes the messages of an action, with what ties them to it and to their roles.
func actionFile(v *Version, a *Action) *fileParts {
	f := new(fileParts)
	writeObject(f, a.Request)
	if a.Response != nil {
		writeObject(f, a.Response)
	}
	writeRequestMethods(&f.types, v, a)
	writeRoles(&f.types, v, a)
	return f
}

func writeRequestMethods(s *source, v *Version, a *Action) {
	t := a.Request.Go
	s.linef("// OCPPAction names the action.")
	s.linef("func (*%s) OCPPAction() ocpp.Action {\nreturn ocpp.Action{Version: ocpp.%s, Name: %q}\n}\n", t, v.Const, a.Name)
	if a.Response == nil {
		s.linef("// OCPPSend marks a message that is never answered.\nfunc (*%s) OCPPSend() {}\n", t)
	} else {
		s.linef("// OCPPResponse returns a new, empty response.")
		s.linef("func (*%s) OCPPResponse() *%s {\nreturn new(%[2]s)\n}\n", t, a.Response.Go)
	}
	if a.SentBy != "CSMS" {
		s.linef("// SentByStation marks a request that a charging station may send.\nfunc (*%s) SentByStation() {}\n", t)
	}
	if a.SentBy != "station" {
		s.linef("// SentByCSMS marks a request that a CSMS may send.\nfunc (*%s) SentByCSMS() {}\n", t)
	}
}
