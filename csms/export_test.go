package csms

// Lanes returns how many identities the registry has open, and how many without a connection it remembers.
func Lanes(s *Server) (open, remembered int) {
	for i := range s.registry.shards {
		shard := &s.registry.shards[i]
		shard.mu.Lock()
		open += len(shard.lanes)
		remembered += len(shard.offline.entries)
		shard.mu.Unlock()
	}
	return open, remembered
}
