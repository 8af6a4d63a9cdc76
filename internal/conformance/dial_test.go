package conformance

import (
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/chargeyard/chargeyard/ocpptest"
)

// dial is how a station connects.
type dial struct {
	identity, url string
	options       ocpptest.PeerOptions
}

// dialling reads the options of connect.
func (p *player) dialling(words []string) (*dial, error) {
	o := map[string]string{"subprotocol": p.c.Version.Subprotocol(), "as": plain(p.values["cs"])}
	for _, word := range words {
		name, value, _ := strings.Cut(word, "=")
		switch name {
		case "as", "user", "password", "subprotocol", "tls", "cert", "max", "cipher":
			o[name] = value
		default:
			return nil, fmt.Errorf("unknown option %q", name)
		}
	}
	d := &dial{identity: o["as"], options: ocpptest.PeerOptions{Header: http.Header{}}}
	if o["subprotocol"] != "none" {
		d.options.Subprotocols = strings.Split(o["subprotocol"], ",")
	}
	if password, ok := o["password"]; ok {
		user, ok := o["user"]
		if !ok {
			user = d.identity
		}
		d.options.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user+":"+password)))
	}
	_, secure := o["tls"]
	d.url = p.y.address(secure) + "/ocpp/" + d.identity
	if !secure {
		return d, nil
	}
	config, err := p.y.clientTLS(o["cert"])
	if err != nil {
		return nil, err
	}
	d.options.TLS = config
	return d, restrict(config, o["max"], o["cipher"])
}

// restrict has TLS end at a version, or offer one suite only; "" is no restriction.
func restrict(config *tls.Config, most, cipher string) error {
	switch most {
	case "1.1":
		config.MinVersion, config.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	case "1.2":
		config.MaxVersion = tls.VersionTLS12
	}
	if cipher == "" {
		return nil
	}
	all := append(tls.CipherSuites(), tls.InsecureCipherSuites()...)
	i := slices.IndexFunc(all, func(c *tls.CipherSuite) bool { return c.Name == cipher })
	if i < 0 {
		return fmt.Errorf("there is no cipher suite %s", cipher)
	}
	config.MaxVersion, config.CipherSuites = tls.VersionTLS12, []uint16{all[i].ID}
	return nil
}

// refusedAs demands that a handshake was answered with a status, or failed before there was one.
func refusedAs(want string, peer *ocpptest.Peer, err error) error {
	var status *ocpptest.StatusError
	switch {
	case err == nil:
		peer.Close()
		return errors.New("the server let it connect")
	case errors.As(err, &status) && fmt.Sprint(status.Code) == want:
		return nil
	case want == "failed" && !errors.As(err, &status):
		return nil
	}
	return err
}
