package storm

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/station"
)

// Library says how the clients of package station fared.
type Library struct {
	Stations   int            `json:"stations"`
	Back       int            `json:"back"` // connected and accepted at the end
	Reconnects int            `json:"reconnects"`
	Enqueued   int            `json:"enqueued"`   // transaction messages put into queues
	Delivered  int            `json:"delivered"`  // of which the CSMS answered so many
	GivenUp    int            `json:"given_up"`   // and refused so many
	Repeated   int            `json:"repeated"`   // that were reported as done more than once
	Waiting    int            `json:"waiting"`    // that are in queues at the end
	Calls      int            `json:"calls"`      // that were made while connected
	Failed     map[string]int `json:"failed"`     // of which so many ended without an answer
	Unreached  map[string]int `json:"unreached"`  // attempts to connect that failed
	FirstWait  Latency        `json:"first_wait"` // from the strike to the next connection, by rule R30
}

// library is a fleet of real clients, with calls and queued messages in flight.
type library struct {
	run      *run
	engine   *station.Engine
	stations []*member
	living   sync.WaitGroup

	calls     atomic.Int64
	failed    tally
	unreached tally
	waits     samples
}

// member is one of them.
type member struct {
	fleet  *library
	client *station.Client
	queue  *station.MemoryQueue
	speech speech

	enqueued, delivered, givenUp, repeated, connects atomic.Int64

	mu       sync.Mutex
	link     *link // the newest
	struckAt int64 // 0 when it has come back since
}

func newLibrary(r *run) (*library, error) {
	l := &library{run: r}
	if r.o.Library == 0 {
		return l, nil
	}
	l.engine = station.NewEngine()
	for i := range r.o.Library {
		m, err := newMember(l, r.o.libraryIdentity(i))
		if err != nil {
			l.engine.Close()
			return nil, err
		}
		l.stations = append(l.stations, m)
	}
	return l, nil
}

// backOff is short, so that a storm does not take minutes, but it is rule R30's.
func (l *library) backOff() station.BackOff {
	b := l.run.o.BackOff
	if b == nil {
		b = &BackOff{Minimum: 200 * time.Millisecond, Range: 300 * time.Millisecond, Repeat: 3}
	}
	return station.BackOff{WaitMinimum: b.Minimum, RandomRange: b.Range, RepeatTimes: b.Repeat}
}

func newMember(l *library, identity string) (*member, error) {
	o := &l.run.o
	m := &member{fleet: l, queue: station.NewMemoryQueue(), speech: speechOf(o.Version)}
	profile := station.NetworkProfile{URL: o.URL}
	if o.Password != nil {
		profile.Password = []byte(o.Password(identity))
	}
	if l.run.dialer.secure {
		s := &light{identity: identity}
		var err error
		if profile.TLS, err = l.run.dialer.tlsConfig(s); err != nil {
			return nil, err
		}
	}
	var err error
	m.client, err = station.New(station.Options{
		Identity: identity, Protocols: []*ocpp.Protocol{l.run.dialect.protocol}, Profiles: []station.NetworkProfile{profile},
		Boot: func(ocpp.Version) any { return m.speech.boot() }, Engine: l.engine, Queue: m.queue, BackOff: l.backOff(),
		TransactionAttempts: -1, TransactionRetryInterval: 100 * time.Millisecond,
		DialContext: m.dial, OnConnect: m.connected, OnConnectFailed: m.unreached,
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, err
	}
	m.speech.listen(m.client)
	return m, nil
}

func (m *member) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	tcp, err := m.fleet.run.dialer.tcp(ctx, false)
	if err != nil {
		return nil, err
	}
	n := &link{Conn: tcp, tcp: tcp}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.link = n
	return n, nil
}

func (m *member) connected(*station.Connection) {
	m.connects.Add(1)
	now := m.fleet.run.now()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.struckAt > 0 {
		m.fleet.waits.add(now, now-m.struckAt)
		m.struckAt = 0
	}
}

func (m *member) unreached(f station.ConnectFailure) {
	why := reason(f.Err)
	if f.Status != 0 {
		why = fmt.Sprintf("HTTP %d", f.Status)
	}
	m.fleet.unreached.add(why)
}

// start lets the clients run until ctx ends.
func (l *library) start(ctx context.Context) {
	for _, m := range l.stations {
		l.living.Go(func() {
			if err := m.client.Run(ctx); err != nil && ctx.Err() == nil {
				l.failed.add("the client ended: " + err.Error())
			}
		})
	}
}

// ready reports whether all are accepted and the storm has passed for them.
func (l *library) ready() bool { return l.accepted() == len(l.stations) }

func (l *library) accepted() int {
	n := 0
	for _, m := range l.stations {
		m.mu.Lock()
		back := m.struckAt == 0
		m.mu.Unlock()
		if back && m.client.Connection() != nil && m.client.BootStatus() == ocpp.BootAccepted {
			n++
		}
	}
	return n
}

const (
	callEvery    = 50 * time.Millisecond
	enqueueEvery = 100 * time.Millisecond
)

// work makes calls and transactions until ctx ends.
func (l *library) work(ctx context.Context, busy *sync.WaitGroup) {
	for _, m := range l.stations {
		busy.Go(func() { m.call(ctx) })
		busy.Go(func() { m.transact(ctx) })
	}
}

func (m *member) call(ctx context.Context) {
	for ctx.Err() == nil {
		if m.client.WaitAccepted(ctx) != nil {
			return
		}
		m.fleet.calls.Add(1)
		if err := m.speech.heartbeat(ctx, m.client); err != nil && ctx.Err() == nil {
			m.fleet.failed.add(callFailure(err))
		}
		sleep(ctx, callEvery)
	}
}

func callFailure(err error) string {
	switch {
	case errors.Is(err, station.ErrOffline):
		return "not connected"
	case errors.Is(err, net.ErrClosed):
		return "the connection ended"
	}
	return err.Error()
}

// transact queues the messages of one transaction after the other.
func (m *member) transact(ctx context.Context) {
	for n := 0; ctx.Err() == nil; n++ {
		tx := fmt.Sprintf("%s%s-%d", m.fleet.run.idPrefix, m.client.Identity(), n)
		for step := range transactionSteps {
			var done atomic.Bool
			m.enqueued.Add(1)
			err := m.speech.enqueue(m.client, tx, step, func(err error) { m.done(&done, err) })
			if err != nil {
				m.enqueued.Add(-1)
				m.fleet.failed.add("a message could not be queued: " + err.Error())
				return
			}
			sleep(ctx, enqueueEvery)
		}
	}
}

func (m *member) done(before *atomic.Bool, err error) {
	switch {
	case before.Swap(true):
		m.repeated.Add(1)
	case err != nil:
		m.givenUp.Add(1)
	default:
		m.delivered.Add(1)
	}
}

// strike does to the clients what the variant does to light stations.
func (l *library) strike(v Variant) {
	now := l.run.now()
	for _, m := range l.stations {
		m.mu.Lock()
		n := m.link
		m.mu.Unlock()
		c := m.client.Connection()
		if c == nil || n == nil {
			continue
		}
		m.mu.Lock()
		m.struckAt = now
		m.mu.Unlock()
		switch v {
		case Close:
			c.Close(1001, "")
		case HalfOpen:
			n.silence()
			l.run.haunt(&conn{Conn: n.tcp, tcp: n.tcp, br: newReader(n.tcp)})
		default:
			resetSocket(n.tcp)
		}
	}
}

// finish waits until the queues are empty, and says how the clients fared.
func (l *library) finish(ctx context.Context, limit time.Duration) Library {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	got := l.sum()
	for got.Delivered+got.GivenUp < got.Enqueued && ctx.Err() == nil {
		sleep(ctx, 20*time.Millisecond)
		got = l.sum()
	}
	got.Back = l.accepted()
	return got
}

func (l *library) sum() Library {
	s := Library{
		Stations: len(l.stations), Calls: int(l.calls.Load()), Failed: l.failed.counts(), Unreached: l.unreached.counts(),
		FirstWait: latencyOf(between(l.waits.all(), 0, 1<<62)),
	}
	for _, m := range l.stations {
		s.Enqueued += int(m.enqueued.Load())
		s.Delivered += int(m.delivered.Load())
		s.GivenUp += int(m.givenUp.Load())
		s.Repeated += int(m.repeated.Load())
		s.Waiting += m.queue.Len()
		s.Reconnects += max(int(m.connects.Load())-1, 0)
	}
	return s
}

// close waits for the clients, whose context has ended.
func (l *library) close() {
	l.living.Wait()
	if l.engine != nil {
		l.engine.Close()
	}
}

// link is the network connection of a client, which can be made half-open: the client loses it, the socket stays.
type link struct {
	net.Conn
	tcp    *net.TCPConn
	silent atomic.Bool
}

var errSilent = errors.New("storm: the network went silent")

func (n *link) silence() {
	n.silent.Store(true)
	n.tcp.SetReadDeadline(time.Unix(1, 0)) //nolint:errcheck // a socket that has ended wakes its reader by itself
}

// Read implements net.Conn.
func (n *link) Read(b []byte) (int, error) {
	got, err := n.Conn.Read(b)
	if n.silent.Load() {
		return 0, errSilent
	}
	return got, err
}

// Write implements net.Conn.
func (n *link) Write(b []byte) (int, error) {
	if n.silent.Load() {
		return 0, errSilent
	}
	return n.Conn.Write(b)
}

// SetReadDeadline leaves a silent connection alone, as SetDeadline does.
func (n *link) SetReadDeadline(t time.Time) error {
	if n.silent.Load() {
		return errSilent
	}
	return n.Conn.SetReadDeadline(t)
}

// SetDeadline implements net.Conn.
func (n *link) SetDeadline(t time.Time) error {
	if n.silent.Load() {
		return errSilent
	}
	return n.Conn.SetDeadline(t)
}

// Close leaves the socket of a silent connection open.
func (n *link) Close() error {
	if n.silent.Load() {
		return nil
	}
	return n.Conn.Close()
}
