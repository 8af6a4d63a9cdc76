package fleet

// Tag is a word that the operator gives stations, to select them by it.
type Tag struct {
	Name     string
	Stations int // that have it
}
