package ocppgen

func messageTables(*Version) ([]byte, error) {
	return []byte(string(header) + "from nothing. DO NOT EDIT.\n\npackage msgdoc\n"), nil
}
