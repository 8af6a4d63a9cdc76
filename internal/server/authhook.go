package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// authHook asks somebody else whether tokens may charge. It holds up nobody but the station, or the caller, that waits for
// the answer, and that no longer than its timeout. It is safe for concurrent use; the nil authHook asks nobody.
type authHook struct {
	cfg    AuthorizationConfig
	client *http.Client
	slots  chan struct{} // of questions under way
	cache  *hookCache
	log    *slog.Logger
	now    func() time.Time

	outcomes *prometheus.CounterVec
	seconds  prometheus.Histogram
}

// maxHookAnswer bounds how much of an answer is read, in bytes.
const maxHookAnswer = 64 << 10

// The outcomes of questions, for metrics.
const (
	hookAccepted = "accepted"
	hookRefused  = "refused"
	hookRecords  = "records" // the hook leaves it to the records
	hookCached   = "cached"
	hookFailed   = "failed"
)

// newAuthHook returns nil when none is configured.
func newAuthHook(c AuthorizationConfig, m *metrics, log *slog.Logger) *authHook {
	if c.URL == "" {
		return nil
	}
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // it is one
	transport.MaxConnsPerHost = c.AtOnce
	transport.MaxIdleConnsPerHost = c.AtOnce
	h := &authHook{
		cfg: c, slots: make(chan struct{}, c.AtOnce), cache: newHookCache(), log: limitLog(log, hookFailedLine), now: time.Now,
		client: &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // who is there must not get the secret
		},
	}
	h.outcomes, h.seconds = m.hookOutcomes, m.hookSeconds
	return h
}

// describeHook makes the metrics of an authorization hook.
func (m *metrics) describeHook() {
	m.hookOutcomes = m.counters("chargeyard_authorization_hook_total", "Questions to the authorization hook, by what came of them; cached ones were not asked.", "outcome")
	preset(m.hookOutcomes, []string{hookAccepted, hookRefused, hookRecords, hookCached, hookFailed})
	m.hookSeconds = m.histogram("chargeyard_authorization_hook_seconds", "How long the authorization hook took, the wait for a turn included.", callBuckets())
}

func (h *authHook) close() error {
	if h != nil {
		h.client.CloseIdleConnections()
	}
	return nil
}

// hookFailedLine is what the log says of a hook that gave no answer.
const hookFailedLine = "the authorization hook gave no answer"

// ask returns what the hook says of a token; nil: the records decide.
func (h *authHook) ask(ctx context.Context, q fleet.Question) *fleet.Opinion {
	if h == nil || q.Token.Is(fleet.NoAuthorization) {
		return nil
	}
	key := cacheKeyOf(q)
	if opinion, ok := h.cache.find(key, h.now()); ok {
		h.outcomes.WithLabelValues(hookCached).Inc()
		return opinion
	}
	begun := h.now()
	answer, err := h.question(ctx, q)
	h.seconds.Observe(h.now().Sub(begun).Seconds())
	if err != nil {
		h.outcomes.WithLabelValues(hookFailed).Inc()
		h.log.Warn(hookFailedLine, "station", q.Station, "fallback", h.cfg.Fallback, "error", err)
		return h.cfg.Fallback.opinion()
	}
	opinion := answer.opinion()
	h.outcomes.WithLabelValues(outcomeOfOpinion(opinion)).Inc()
	h.cache.keep(key, opinion, answer.lifetime(), h.now())
	return opinion
}

func outcomeOfOpinion(o *fleet.Opinion) string {
	switch {
	case o == nil:
		return hookRecords
	case o.Status == fleet.TokenAccepted:
		return hookAccepted
	}
	return hookRefused
}

// question sends a question. Its error says nothing of the token, the URL and the secret.
func (h *authHook) question(ctx context.Context, q fleet.Question) (a hookAnswer, err error) {
	ctx, cancel := context.WithTimeout(ctx, h.cfg.Timeout)
	defer cancel()
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return a, fmt.Errorf("%d questions were under way already (--authorization-at-once)", h.cfg.AtOnce)
	}
	body, err := json.Marshal(hookQuestionOf(q))
	if err != nil {
		return a, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.cfg.URL, bytes.NewReader(body))
	if err != nil {
		return a, errors.New("its address cannot be used")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	if h.cfg.Bearer != "" {
		req.Header.Set("Authorization", "Bearer "+h.cfg.Bearer)
	}
	resp, err := h.client.Do(req)
	if err != nil {
		return a, withoutURL(err)
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	return readHookAnswer(resp)
}

// withoutURL takes the URL out of an error of net/http: it may have a secret.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		if e.Timeout() {
			return errors.New("it did not answer in time (--authorization-timeout)")
		}
		return e.Err
	}
	return err
}

// readHookAnswer takes an answer apart. What is no answer is an error, and not a refusal.
func readHookAnswer(resp *http.Response) (a hookAnswer, err error) {
	switch resp.StatusCode {
	case http.StatusNoContent:
		return a, nil
	case http.StatusOK:
	default:
		return a, fmt.Errorf("it answered with status %d", resp.StatusCode)
	}
	content, err := io.ReadAll(io.LimitReader(resp.Body, maxHookAnswer+1))
	switch {
	case err != nil:
		return a, withoutURL(err)
	case len(content) > maxHookAnswer:
		return a, fmt.Errorf("its answer is longer than %d bytes", maxHookAnswer)
	}
	if err := json.Unmarshal(content, &a); err != nil {
		return a, errors.New("its answer is not the JSON that docs/authorization.md describes")
	}
	return a, a.check()
}

// hookQuestion is the body of a question. It is described in docs/authorization.md.
type hookQuestion struct {
	Station string        `json:"station"`
	EVSE    int           `json:"evse,omitempty"`
	IDToken hookToken     `json:"idToken"`
	Purpose fleet.Purpose `json:"purpose"`
	Time    time.Time     `json:"time"`
	Late    bool          `json:"late,omitempty"`
}

type hookToken struct {
	Value string `json:"value"`
	Type  string `json:"type,omitempty"`
}

func hookQuestionOf(q fleet.Question) hookQuestion {
	return hookQuestion{
		Station: q.Station, EVSE: q.EVSE, IDToken: hookToken(q.Token), Purpose: q.Purpose, Time: fleet.Instant(q.At), Late: q.Late,
	}
}

// hookAnswer is the body of an answer. It is described in docs/authorization.md.
type hookAnswer struct {
	Status       fleet.TokenStatus    `json:"status"`
	Detail       string               `json:"detail"`
	Group        string               `json:"group"`
	Expiry       time.Time            `json:"expiry"`
	EVSEs        []int                `json:"evses"`
	Language     string               `json:"language"`
	Message      string               `json:"message"`
	CacheSeconds float64              `json:"cacheSeconds"`
	Limit        *fleet.LimitArgument `json:"transactionLimit"`
	Priority     int                  `json:"chargingPriority"`
}

// The bounds of an answer.
const (
	maxHookDetail   = 500 // bytes; longer ones are cut
	maxHookEVSEs    = 100
	maxHookLifetime = 24 * time.Hour
)

func (a *hookAnswer) check() error {
	switch {
	case !slices.Contains(fleet.TokenStatuses(), a.Status):
		return errors.New("the status of its answer is none that OCPP has")
	case len([]rune(a.Group)) > fleet.MaxToken:
		return errors.New("the group of its answer is longer than any version of OCPP allows")
	case len(a.EVSEs) > maxHookEVSEs || slices.ContainsFunc(a.EVSEs, func(n int) bool { return n < 1 }):
		return errors.New("the evses of its answer cannot be")
	case a.Priority < -fleet.MaxPriority || a.Priority > fleet.MaxPriority:
		return fmt.Errorf("the chargingPriority of its answer is none from %d to %d", -fleet.MaxPriority, fleet.MaxPriority)
	}
	if err := a.Limit.Check("transactionLimit"); err != nil {
		return errors.New("the transactionLimit of its answer cannot be: " + err.Error())
	}
	return nil
}

// opinion returns what an answer says; nil for the empty one.
func (a *hookAnswer) opinion() *fleet.Opinion {
	if a.Status == "" {
		return nil
	}
	return &fleet.Opinion{
		Status: a.Status, Detail: fleet.Clip(strings.ToValidUTF8(a.Detail, "?"), maxHookDetail), Group: a.Group, Expiry: fleet.Instant(a.Expiry),
		EVSEs: a.EVSEs, Language: a.Language, Message: a.Message,
		Limit: a.Limit.Limit(), Priority: a.Priority,
	}
}

// lifetime returns how long the answer may be kept.
func (a *hookAnswer) lifetime() time.Duration {
	if !(a.CacheSeconds > 0) { // nor NaN, which JSON does not have
		return 0
	}
	return time.Duration(min(a.CacheSeconds, maxHookLifetime.Seconds()) * float64(time.Second))
}

// hooked is a store that asks an authorization hook about the tokens of what is submitted.
type hooked struct {
	store.Ingest
	hook *authHook
}

// Submit implements store.Ingest.
func (h hooked) Submit(ctx context.Context, e fleet.Event) (fleet.Result, error) {
	switch event := e.(type) {
	case fleet.AuthorizationAsked:
		event.Opinion = h.hook.ask(ctx, event.Question())
		e = event
	case fleet.TransactionEvent:
		if event.Token != nil {
			event.Opinion = h.hook.ask(ctx, event.Question())
			e = event
		}
	}
	return h.Ingest.Submit(ctx, e)
}

// deciding is a store that asks an authorization hook, too, what would be decided.
type deciding struct {
	store.Store
	hook *authHook
}

// Decide implements store.Access.
func (d deciding) Decide(ctx context.Context, q fleet.Question) (fleet.Decision, error) {
	q.Opinion = d.hook.ask(ctx, q)
	return d.Store.Decide(ctx, q)
}
