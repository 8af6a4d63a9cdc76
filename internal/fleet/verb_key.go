package fleet

// keyVerbs are about the key with which a station logs in.
func keyVerbs() []VerbKind {
	return []VerbKind{
		verb[RotateKeyRequest]("Give the station a new key", `The key is made at the moment in which it is sent (AuthorizationKey in OCPP 1.6, BasicAuthPassword of SecurityCtrlr in 2.x), and is kept
nowhere in clear. The new one is accepted beside the old one until it is clear which one the station has: when it accepts, the old
one ends; when it needs a restart, or does not answer, the old one ends when the station comes with the new one. A station that
has no key here cannot be asked. To see the key, use credential/rotate.`, `{}`),
	}
}

// SecretVerb is a verb whose request has a secret in it that is made for it. The request is made when it is sent, and is kept without
// the secret.
type SecretVerb interface {
	Verb
	MakesSecret()
}

// RotateKeyRequest gives a station a new key.
type RotateKeyRequest struct {
	Key string `json:"-"` // a fresh one
}

// VerbName is the verb's name in the API.
func (*RotateKeyRequest) VerbName() string { return "rotate-key" }

// Check refuses nothing.
func (*RotateKeyRequest) Check() error { return nil }

// MakesSecret says that it does.
func (*RotateKeyRequest) MakesSecret() {}

// Setting is the variable, or the configuration key, that the key is in.
func (r *RotateKeyRequest) Setting(component, variable string) *SetVariablesRequest {
	return &SetVariablesRequest{Values: []ValueArgument{{
		AttributeArgument: AttributeArgument{VariableArgument: VariableArgument{Component: component, Variable: variable}}, Value: r.Key,
	}}}
}
