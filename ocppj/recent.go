package ocppj

// maxRecent is how many message ids of each kind a session remembers.
const maxRecent = 16

// recentIDs remembers the last few message ids and their actions. The zero value is empty and holds no memory.
type recentIDs struct {
	list []recentID
	next int // the oldest, once the list is full
}

type recentID struct{ id, action string }

func (r *recentIDs) add(id, action string) {
	if len(r.list) < maxRecent {
		r.list = append(r.list, recentID{id, action})
		return
	}
	r.list[r.next] = recentID{id, action}
	r.next = (r.next + 1) % maxRecent
}

// take finds an id, forgets it and returns its action.
func (r *recentIDs) take(id string) (action string, ok bool) {
	for i := range r.list {
		if r.list[i].id == id && id != "" {
			action = r.list[i].action
			r.list[i] = recentID{}
			return action, true
		}
	}
	return "", false
}
