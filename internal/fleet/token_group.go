package fleet

import "time"

// TokenGroup is what is known of a group of tokens beside who belongs to it, which the tokens say. A group needs no record.
type TokenGroup struct {
	Name       string // value of the group's token; upper and lower case are the same
	Concurrent int    // transactions that its tokens may have at once, all together; 0: any number
	MasterPass bool   // its tokens end transactions of others, and start none (C16)
	Tariff     string // id of the tariff of its tokens that have none of their own; "" none
	Note       string // the operator's own words
	CreatedAt  time.Time
	UpdatedAt  time.Time // zero: never
}

// FoldGroup returns the key of a group's name.
func FoldGroup(name string) string { return IDToken{Value: name}.Fold().Value }
