package csms

import "context"

// Shutdown ends all connections in order: it refuses new stations (503) and new calls, lets the calls and handlers
// that are under way finish, sends every station a close frame (Options.ShutdownCode), and then cancels the contexts
// of its handlers. It returns nil when nothing is left of any connection: no goroutine, timer or descriptor.
//
// When ctx ends first, calls and handlers that are still under way are cut short, the close frames go out all the
// same, and the context's cause is returned at once. What is left then ends within the close handshake's 5 s, if the
// handlers return; another Shutdown waits for it.
//
// http.Server.Shutdown does not know of upgraded connections. The order is: stop accepting (http.Server.Shutdown closes
// its listeners, call it in a goroutine, or close the listener), then this Shutdown, then wait for
// http.Server.Shutdown. Drain is for a server with many stations.
func (s *Server) Shutdown(ctx context.Context) error { return s.Drain(ctx, DrainOptions{}) }

// beginDraining refuses new stations from now on.
func (s *Server) beginDraining() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.draining = true
}

// finish waits until nothing is left of any connection, or ctx ends.
func (s *Server) finish(ctx context.Context) error {
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		s.active.Wait()
		s.engine.Close()
	}()
	select {
	case <-finished:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *Server) isDraining() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.draining
}
