package station_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/station"
)

func meterValues(n int) *ocpp16.MeterValuesRequest {
	return &ocpp16.MeterValuesRequest{ConnectorID: n, MeterValue: []ocpp16.MeterValue{{
		Timestamp: ocpp.At(time.Now()), SampledValue: []ocpp16.SampledValue{{Value: fmt.Sprint(n)}},
	}}}
}

func stopTransaction() *ocpp16.StopTransactionRequest {
	return &ocpp16.StopTransactionRequest{MeterStop: 1000, Timestamp: ocpp.At(time.Now())}
}

func enqueue[R any](t *testing.T, c *station.Client, req ocpp.StationRequest[R], transaction string) {
	t.Helper()
	if err := station.Enqueue(c, req, transaction, nil); err != nil {
		t.Fatal(err)
	}
}

// fileQueue opens the same queue file again.
func fileQueue(t *testing.T, path string) *station.FileQueue {
	t.Helper()
	q, err := station.OpenFileQueue(path, station.FileQueueOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// received collects the CALLs of one action; the answers are the default ones unless answer says otherwise.
type received struct {
	mu     sync.Mutex
	calls  []call
	answer func(c call, n int) string // n counts from 1
}

func (r *received) reply(_ *peer, c call) string {
	if c.action == "BootNotification" || c.action == "Heartbeat" {
		return defaultAnswer(c)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, c)
	if r.answer == nil {
		return defaultAnswer(c)
	}
	return r.answer(c, len(r.calls))
}

func TestR50QueuedMessagesAreDeliveredInOrderAfterTheBoot(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		var got received
		f.answer = got.reply
		f.setDown(true)
		c := f.client(f.options())
		f.run(c)
		for n := range 5 {
			enqueue(t, c, meterValues(n), "")
		}
		time.Sleep(9 * time.Second)
		f.expect("0s dial csms.test:80") // nothing is sent while offline
		f.setDown(false)
		time.Sleep(time.Second)
		f.expect("10s connected ocpp1.6", "10s BootNotification", "10s MeterValues", "10s MeterValues", "10s MeterValues",
			"10s MeterValues", "10s MeterValues")
		for n, call := range got.calls {
			if !strings.Contains(call.payload, fmt.Sprintf(`"connectorId":%d`, n)) {
				t.Errorf("message %d is %s", n, call.payload)
			}
		}
		if c.QueueLen() != 0 {
			t.Errorf("%d messages are left", c.QueueLen())
		}
	})
}

func TestR50OtherMessagesOvertake(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		got := received{answer: func(c call, n int) string {
			if n == 1 {
				return "!InternalError"
			}
			return defaultAnswer(c)
		}}
		f.answer = got.reply
		c := f.started(f.options())
		enqueue(t, c, meterValues(1), "")
		enqueue(t, c, meterValues(2), "")
		time.Sleep(30 * time.Second)
		if _, err := station.Call(t.Context(), c, &ocpp16.AuthorizeRequest{IDTag: "04A1"}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		f.expect("0s connected ocpp1.6", "0s BootNotification", "0s MeterValues", "30s Authorize", "1m0s MeterValues",
			"1m0s MeterValues")
	})
}

func TestR12R50RetriesAndRestartsKeepTheMessageID(t *testing.T) {
	path := filepath.Join(t.TempDir(), "queue")
	var first call
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		got := received{answer: func(call, int) string { return "-" }}
		f.answer = got.reply
		o := f.options()
		queue := fileQueue(t, path)
		o.Queue = queue
		c := f.client(o)
		enqueue(t, c, meterValues(1), "")
		go c.Run(t.Context())
		f.last()
		c.Close() // the process ends before the answer
		queue.Close()
		first = got.calls[0]
	})
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		got := received{answer: func(c call, n int) string {
			if n == 1 {
				return "!GenericError"
			}
			return defaultAnswer(c)
		}}
		f.answer = got.reply
		o := f.options()
		queue := fileQueue(t, path)
		t.Cleanup(func() { queue.Close() })
		o.Queue = queue
		f.started(o)
		time.Sleep(2 * time.Minute)
		f.expect("0s connected ocpp1.6", "0s BootNotification", "0s MeterValues", "1m0s MeterValues")
		for _, c := range got.calls {
			if c != first {
				t.Errorf("got %v, want %v", c, first)
			}
		}
	})
}

func TestR51FailuresAreTriedAgainWithGrowingWaits(t *testing.T) {
	for _, failure := range []string{"!InternalError", "-"} {
		t.Run(failure, func(t *testing.T) {
			bubble(t, func(t *testing.T, f *fakeCSMS) {
				got := received{answer: func(c call, n int) string {
					if strings.Contains(c.payload, `"connectorId":1`) {
						return failure
					}
					return defaultAnswer(c)
				}}
				f.answer = got.reply
				o := f.options()
				o.TransactionAttempts = 4
				o.TransactionRetryInterval = 100 * time.Second
				o.CallTimeout = 10 * time.Second
				var ends []station.Delivery
				o.OnDelivery = func(d station.Delivery) { ends = append(ends, d) }
				c := f.client(o)
				enqueue(t, c, meterValues(1), "")
				enqueue(t, c, meterValues(2), "")
				f.run(c)
				time.Sleep(time.Hour)
				wait := 0
				if failure == "-" {
					wait = 10 // no answer is known to be none after the call timeout
				}
				f.same(without(f.lines(), "Heartbeat"), "0s connected ocpp1.6", "0s BootNotification", "0s MeterValues",
					at(100+wait)+" MeterValues", at(300+2*wait)+" MeterValues", at(600+3*wait)+" MeterValues",
					at(600+4*wait)+" MeterValues") // the fourth failure ends it, and the next one has its turn
				if len(ends) != 2 || !errors.Is(ends[0].Err, station.ErrGivenUp) || ends[0].Attempts != 4 || ends[1].Err != nil {
					t.Errorf("ended as %+v", ends)
				}
			})
		})
	}
}

func at(seconds int) string { return fmt.Sprint(time.Duration(seconds) * time.Second) }

func TestR51NothingCountsWhileOffline(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		got := received{}
		lost := 0
		f.answer = func(p *peer, c call) string {
			if c.action == "MeterValues" && lost < 20 {
				lost++
				p.Close() // the connection is gone before the answer
				return "-"
			}
			return got.reply(p, c)
		}
		o := f.options()
		o.TransactionAttempts = 1
		o.BackOff.RepeatTimes = -1
		var ends []station.Delivery
		o.OnDelivery = func(d station.Delivery) { ends = append(ends, d) }
		c := f.client(o)
		enqueue(t, c, meterValues(1), "")
		f.run(c)
		time.Sleep(time.Hour)
		f.lines()
		if lost != 20 || len(got.calls) != 1 || len(ends) != 1 || ends[0].Err != nil || ends[0].Attempts != 0 {
			t.Errorf("lost %d times, delivered %d times, ended as %+v", lost, len(got.calls), ends)
		}
	})
}

func TestR51SettingsHoldFromTheNextFailureOn(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		got := received{answer: func(call, int) string { return "!InternalError" }}
		f.answer = got.reply
		c := f.client(f.options())
		enqueue(t, c, meterValues(1), "")
		f.run(c)
		f.expect("0s connected ocpp1.6", "0s BootNotification", "0s MeterValues")
		c.SetTransactionRetry(2, time.Second)
		time.Sleep(time.Hour - time.Second)
		f.expect("1m0s MeterValues")
		if c.QueueLen() != 0 {
			t.Error("it was not given up after the second failure")
		}
	})
}

func transactionEvent(seqNo int) *ocpp201.TransactionEventRequest {
	return &ocpp201.TransactionEventRequest{
		EventType: ocpp201.TransactionEventUpdated, Timestamp: ocpp.At(time.Now()),
		TriggerReason: ocpp201.TriggerReasonMeterValuePeriodic, SeqNo: seqNo,
		TransactionInfo: ocpp201.Transaction{TransactionID: "tx-1"},
	}
}

func TestR52OfflineMessagesSaySo(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		var got received
		f.answer = got.reply
		o := f.options()
		o.Protocols = allVersions()[1:2]
		c := f.client(o)
		enqueue(t, c, transactionEvent(0), "")
		f.run(c)
		f.last()
		enqueue(t, c, transactionEvent(1), "")
		f.expect("0s connected ocpp2.0.1", "0s BootNotification", "0s TransactionEvent", "0s TransactionEvent")
		if !strings.Contains(got.calls[0].payload, `"offline":true`) || !strings.Contains(got.calls[0].payload, `"seqNo":0`) {
			t.Errorf("queued while offline: %s", got.calls[0].payload)
		}
		if strings.Contains(got.calls[1].payload, "offline") || !strings.Contains(got.calls[1].payload, `"seqNo":1`) {
			t.Errorf("queued while online: %s", got.calls[1].payload)
		}
	})
}

// A connection that is lost is no connection, also while its handlers have not returned.
func TestR52MessagesAreOfflineFromTheLossOn(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		var got received
		f.answer = got.reply
		o := f.options()
		o.Protocols = allVersions()[1:2]
		c := f.client(o)
		station.Handle(c, func(ctx context.Context, _ *ocpp201.ResetRequest) (*ocpp201.ResetResponse, error) {
			<-ctx.Done()
			time.Sleep(time.Second)
			enqueue(t, c, transactionEvent(0), "")
			return nil, ctx.Err()
		})
		f.run(c)
		f.last().SendText(`[2,"1","Reset",{"type":"Immediate"}]`)
		synctest.Wait()
		f.last().Close()
		time.Sleep(time.Minute)
		f.last()
		if len(got.calls) != 1 || !strings.Contains(got.calls[0].payload, `"offline":true`) {
			t.Errorf("queued after the loss: %+v", got.calls)
		}
	})
}

func TestR53DependantsWaitForTheTransactionID(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		var got received
		f.answer = got.reply
		c := f.client(f.options())
		var started *ocpp16.StartTransactionResponse
		err := station.Enqueue(c, startTransaction(), "local-1", func(r *ocpp16.StartTransactionResponse, err error) {
			if err != nil {
				t.Error(err)
			}
			started = r
		})
		if err != nil {
			t.Fatal(err)
		}
		enqueue(t, c, meterValues(1), "local-1")
		enqueue(t, c, meterValues(2), "")
		enqueue(t, c, stopTransaction(), "local-1")
		f.run(c)
		f.expect("0s connected ocpp1.6", "0s BootNotification", "0s StartTransaction", "0s MeterValues", "0s MeterValues",
			"0s StopTransaction")
		for n, want := range []bool{false, true, false, true} {
			if has := strings.Contains(got.calls[n].payload, `"transactionId":4711`); has != want {
				t.Errorf("%s: has the id %t, want %t", got.calls[n].payload, has, want)
			}
		}
		if started == nil || started.TransactionID != 4711 {
			t.Errorf("the callback got %v", started)
		}
	})
}

func TestR53TransactionIDsSurviveARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "queue")
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		o := f.options()
		queue := fileQueue(t, path)
		o.Queue = queue
		c := f.client(o)
		enqueue(t, c, startTransaction(), "local-1")
		go c.Run(t.Context())
		f.expect("0s connected ocpp1.6", "0s BootNotification", "0s StartTransaction")
		c.Close()
		enqueue(t, c, meterValues(1), "local-1") // the station ends with this one in its queue
		queue.Close()
	})
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		var got received
		f.answer = got.reply
		o := f.options()
		queue := fileQueue(t, path)
		t.Cleanup(func() { queue.Close() })
		o.Queue = queue
		var ends []string
		o.OnDelivery = func(d station.Delivery) { ends = append(ends, d.Action.Name+" "+d.Transaction) }
		c := f.started(o)
		enqueue(t, c, stopTransaction(), "local-1")
		f.expect("0s connected ocpp1.6", "0s BootNotification", "0s MeterValues", "0s StopTransaction")
		for _, call := range got.calls {
			if !strings.Contains(call.payload, `"transactionId":4711`) {
				t.Errorf("without its id: %s", call.payload)
			}
		}
		if fmt.Sprint(ends) != "[MeterValues local-1 StopTransaction local-1]" {
			t.Errorf("the hook got %v", ends)
		}
	})
}

func TestR53DependantsOfALostStartGoOutWithMinusOne(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		got := received{answer: func(c call, n int) string {
			if c.action == "StartTransaction" {
				return "!InternalError"
			}
			return defaultAnswer(c)
		}}
		f.answer = got.reply
		o := f.options()
		o.TransactionAttempts = 2
		c := f.client(o)
		enqueue(t, c, startTransaction(), "local-1")
		enqueue(t, c, stopTransaction(), "local-1")
		f.run(c)
		time.Sleep(2 * time.Minute)
		f.expect("0s connected ocpp1.6", "0s BootNotification", "0s StartTransaction", "1m0s StartTransaction",
			"1m0s StopTransaction")
		if last := got.calls[2].payload; !strings.Contains(last, `"transactionId":-1`) {
			t.Errorf("got %s", last)
		}
	})
}

func TestMessagesOfAnotherVersionWait(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		versions := []string{"ocpp1.6", "ocpp2.0.1"}
		f.choose = func([]string) string { return versions[len(f.peers)] }
		o := f.options()
		o.Protocols = allVersions()[1:]
		c := f.client(o)
		enqueue(t, c, transactionEvent(0), "")
		enqueue(t, c, meterValues(1), "")
		f.run(c)
		f.expect("0s connected ocpp1.6", "0s BootNotification", "0s MeterValues")
		f.last().Close()
		time.Sleep(10 * time.Second)
		f.expect("0s lost", "10s connected ocpp2.0.1", "10s BootNotification", "10s TransactionEvent")
	})
}

func TestEnqueueRefusesWhatBreaksItsSchema(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		c := f.client(f.options())
		start := startTransaction()
		start.IDTag = strings.Repeat("x", 21)
		var invalid *ocpp.ValidationError
		if err := station.Enqueue(c, start, "", nil); !errors.As(err, &invalid) || invalid.Pointer != "/idTag" {
			t.Errorf("got %v", err)
		}
		if err := station.Enqueue(c, transactionEvent(0), "", nil); !errors.Is(err, station.ErrNotStationAction) {
			t.Errorf("a version that is not offered: got %v", err)
		}
		if c.QueueLen() != 0 {
			t.Error("something was queued")
		}
	})
}

// brokenQueue is a queue whose disk fails.
type brokenQueue struct {
	station.Queue
	broken bool
}

var errDisk = errors.New("the disk fails")

func (q *brokenQueue) Next(v ocpp.Version) (station.Entry, bool, error) {
	if q.broken {
		return station.Entry{}, false, errDisk
	}
	return q.Queue.Next(v)
}

func TestABrokenQueueIsToldAndTriedAgain(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		queue := &brokenQueue{station.NewMemoryQueue(), true}
		o := f.options()
		o.Queue = queue
		var told error
		o.OnQueueError = func(err error) {
			told = err
			queue.broken = false
		}
		c := f.client(o)
		enqueue(t, c, meterValues(1), "")
		f.run(c)
		time.Sleep(59 * time.Second)
		f.expect("0s connected ocpp1.6", "0s BootNotification")
		time.Sleep(time.Second)
		f.expect("1m0s MeterValues")
		if !errors.Is(told, errDisk) {
			t.Errorf("told %v", told)
		}
	})
}
