package decode

import (
	"strings"
	"unicode/utf8"
)

// longestName bounds the names that are compared: the work grows with their square.
const longestName = 64

// nearest returns the name that was probably meant, "" when none is near.
func nearest(name string, names []string) string {
	if len(name) > longestName {
		return ""
	}
	for _, suffix := range []string{"", "Request", "Response", "Req", "Conf", ".req", ".conf"} {
		for _, n := range names {
			if strings.EqualFold(strings.TrimSuffix(name, suffix), n) {
				return n
			}
		}
	}
	best, least := "", utf8.RuneCountInString(name)/4+2
	for _, n := range names {
		if d := distance(strings.ToLower(name), strings.ToLower(n)); d < least {
			best, least = n, d
		}
	}
	return best
}

// distance is the number of characters to insert, delete or replace (Levenshtein).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j, s := range y {
			cost := diagonal
			if r != s {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(y)]
}
