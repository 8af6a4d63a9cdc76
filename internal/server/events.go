package server

import (
	"github.com/chargeyard/chargeyard/internal/feed"
	"github.com/chargeyard/chargeyard/internal/store"
)

// openFeed starts what tells clients of the API what happens.
func (s *Server) openFeed() {
	f := feed.New(s.store, feed.Options{})
	s.feed.Store(f)
	s.closers.add(f.Close)
}

// wakeFeed hears of each commit. One that failed may have been written nevertheless. Commits before the feed is there are
// nobody's news.
func (s *Server) wakeFeed(c store.Commit) {
	if f := s.feed.Load(); f != nil && c.Events > 0 {
		f.Wake()
	}
}

// endStreams lets clients that follow the events have the last ones, and ends their streams: they would hold up the end of
// the API.
func (s *Server) endStreams() {
	if err := s.feed.Load().Close(); err != nil {
		s.cfg.Log.Warn("streams of events were cut off", "error", err)
	}
}
