package main

import (
	"fmt"
	"os"

	"github.com/chargeyard/chargeyard/internal/server"
)

type tokenCmd struct {
	New    tokenNewCmd    `cmd:"" help:"Make another API token and print it once."`
	List   tokenListCmd   `cmd:"" help:"List the tokens that a server accepts: names and ages, not the tokens."`
	Revoke tokenRevokeCmd `cmd:"" help:"Make a token invalid at once."`
}

type tokenNewCmd struct {
	Data string `placeholder:"DIR" default:"chargeyard-data" help:"Data directory of the server that shall accept the token. Default ./chargeyard-data."`
	Save bool   `env:"-" help:"Also keep the token in the data directory, readable by this user only: the commands that ask a server on this machine find it there."`
	Name string `placeholder:"NAME" default:"unnamed" env:"-" help:"What or whom the token is for; kept beside its hash."`
}

// Help explains more than the one line.
func (tokenNewCmd) Help() string {
	return `The token is printed once and kept as a hash only. A server that runs on the same data directory accepts it at once,
another one from its next start.

    TOKEN=$(chargeyard token new --name dashboard)
    chargeyard token new --save`
}

// Run makes the token.
func (c tokenNewCmd) Run(s streams) error {
	if _, err := os.Stat(c.Data); err != nil {
		return fmt.Errorf("there is no data directory: %w; run chargeyard serve first, or give its --data", err)
	}
	token, err := server.NewAPIToken(c.Data, c.Name)
	if err != nil {
		return err
	}
	if c.Save {
		if err := os.WriteFile(savedToken(c.Data), []byte(token+"\n"), 0o600); err != nil {
			return fmt.Errorf("cannot save the token: %w", err)
		}
	}
	_, err = fmt.Fprintln(s.out, token)
	return err
}
