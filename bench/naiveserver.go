package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// naiveServer is a CSMS as people write it: gorilla/websocket with its defaults, one goroutine that reads and one that
// writes for each connection, encoding/json, a map with a mutex. It validates nothing and remembers no answer.
type naiveServer struct {
	upgrader websocket.Upgrader

	mu    sync.Mutex
	conns map[string]*naiveConn
}

type naiveConn struct {
	ws  *websocket.Conn
	out chan []byte

	mu      sync.Mutex
	next    int
	pending map[string]chan json.RawMessage
}

func newNaiveServer() *naiveServer {
	return &naiveServer{
		upgrader: websocket.Upgrader{Subprotocols: []string{"ocpp1.6"}},
		conns:    make(map[string]*naiveConn),
	}
}

func (s *naiveServer) serve(l net.Listener) error { return serveHTTP(l, s) }

func (s *naiveServer) stations() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

// ServeHTTP reads in the goroutine of net/http, as the examples of gorilla/websocket do.
func (s *naiveServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ws, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the client was answered
	}
	id := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	c := &naiveConn{ws: ws, out: make(chan []byte, 16), pending: make(map[string]chan json.RawMessage)}
	s.mu.Lock()
	s.conns[id] = c
	s.mu.Unlock()
	go c.write()
	c.read()
	s.mu.Lock()
	delete(s.conns, id)
	s.mu.Unlock()
}

func (c *naiveConn) write() {
	for b := range c.out {
		if c.ws.WriteMessage(websocket.TextMessage, b) != nil {
			return
		}
	}
}

func (c *naiveConn) read() {
	defer close(c.out)
	defer c.ws.Close()
	for {
		_, b, err := c.ws.ReadMessage()
		if err != nil {
			return
		}
		if err := c.message(b); err != nil {
			return
		}
	}
}

func (c *naiveConn) message(b []byte) error {
	var frame []json.RawMessage
	if err := json.Unmarshal(b, &frame); err != nil {
		return err
	}
	if len(frame) < 3 {
		return errors.New("the frame is too short")
	}
	var kind int
	var id string
	if err := errors.Join(json.Unmarshal(frame[0], &kind), json.Unmarshal(frame[1], &id)); err != nil {
		return err
	}
	if kind != 2 {
		return c.answered(id, frame[2])
	}
	var action string
	if err := json.Unmarshal(frame[2], &action); err != nil {
		return err
	}
	resp, err := naiveHandle(action, frame[3])
	if err != nil {
		return err
	}
	out, err := json.Marshal([]any{3, id, resp})
	if err == nil {
		c.out <- out
	}
	return err
}

type naiveBoot struct {
	ChargePointVendor string `json:"chargePointVendor"`
	ChargePointModel  string `json:"chargePointModel"`
}

type naiveBootAnswer struct {
	Status      string    `json:"status"`
	CurrentTime time.Time `json:"currentTime"`
	Interval    int       `json:"interval"`
}

type naiveHeartbeatAnswer struct {
	CurrentTime time.Time `json:"currentTime"`
}

type naiveMeterValues struct {
	ConnectorID   int  `json:"connectorId"`
	TransactionID *int `json:"transactionId,omitempty"`
	MeterValue    []struct {
		Timestamp    time.Time `json:"timestamp"`
		SampledValue []struct {
			Value     string `json:"value"`
			Context   string `json:"context,omitempty"`
			Format    string `json:"format,omitempty"`
			Measurand string `json:"measurand,omitempty"`
			Phase     string `json:"phase,omitempty"`
			Location  string `json:"location,omitempty"`
			Unit      string `json:"unit,omitempty"`
		} `json:"sampledValue"`
	} `json:"meterValue"`
}

func naiveHandle(action string, payload json.RawMessage) (any, error) {
	switch action {
	case "BootNotification":
		err := json.Unmarshal(payload, new(naiveBoot))
		return naiveBootAnswer{"Accepted", time.Now().UTC(), 300}, err
	case "Heartbeat":
		return naiveHeartbeatAnswer{time.Now().UTC()}, nil
	case "MeterValues":
		return struct{}{}, json.Unmarshal(payload, new(naiveMeterValues))
	}
	return nil, fmt.Errorf("unknown action %q", action)
}

func (c *naiveConn) answered(id string, payload json.RawMessage) error {
	c.mu.Lock()
	wait, ok := c.pending[id]
	delete(c.pending, id)
	c.mu.Unlock()
	if ok {
		wait <- payload
	}
	return nil
}

func (c *naiveConn) call(action string, req, resp any) error {
	wait := make(chan json.RawMessage, 1)
	c.mu.Lock()
	c.next++
	id := fmt.Sprint(c.next)
	c.pending[id] = wait
	c.mu.Unlock()
	b, err := json.Marshal([]any{2, id, action, req})
	if err != nil {
		return err
	}
	c.out <- b
	select {
	case payload := <-wait:
		return json.Unmarshal(payload, resp)
	case <-time.After(30 * time.Second):
		return errors.New("no answer")
	}
}

func (s *naiveServer) callAll() called {
	s.mu.Lock()
	all := make([]*naiveConn, 0, len(s.conns))
	for _, c := range s.conns {
		all = append(all, c)
	}
	s.mu.Unlock()
	return callEach(len(all), func(i int) error {
		var resp struct{ Status string }
		return all[i].call("ClearCache", struct{}{}, &resp)
	})
}
