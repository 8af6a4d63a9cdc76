package main

import (
	"strings"
	"testing"
)

func TestTransactionsAreLimited(t *testing.T) {
	a := ask(t)
	cp := a.connect("CP-1", "ocpp2.1")
	const event = `"timestamp":"2026-05-01T10:00:00Z","transactionInfo":{"transactionId":"TX"`
	cp.says("TransactionEvent", `{"eventType":"Started","triggerReason":"CablePluggedIn","seqNo":0,`+event+`}}`)
	cp.says("NotifyReport", `{"requestId":1,"seqNo":0,"generatedAt":"2026-05-01T10:00:00Z","reportData":[{"component":{"name":"TxCtrlr"},"variable":{"name":"SupportedLimits"},"variableAttribute":[{"value":"maxEnergy,maxTime"}]}]}`)
	a.want(0, "30000 (operator), not given yet", "transactions", "limit", "CP-1:TX", "maxenergy=30000", "maxTime=60")
	if answer := cp.says("TransactionEvent", `{"eventType":"Updated","triggerReason":"LimitSet","seqNo":1,`+event+`,"transactionLimit":{"maxEnergy":20000,"maxCost":5}}}`); !strings.Contains(answer, `"transactionLimit":{"maxEnergy":30000,"maxTime":60}`) {
		t.Errorf("the station heard %s", answer)
	}
	shown := a.want(0, "30000 (operator), given to the station, the station told 20000", "transactions", "show", "CP-1:TX")
	if !strings.Contains(shown, "the station told 5") {
		t.Error(shown)
	}
	a.want(0, `"asked":2147483647`, "transactions", "limit", "CP-1:TX", "maxTime=none", "-o", "json")
	a.want(exitNotNow, "does not take this limit", "transactions", "limit", "CP-1:TX", "maxSoC=80")
	a.want(exitNotFound, "", "transactions", "limit", "CP-1:TY", "maxEnergy=1")
	a.want(exitInvalid, "", "transactions", "limit", "CP-1:TX", "maxSoC=101")
	for _, wrong := range []string{"maxPower=1", "maxEnergy", "maxEnergy=", "maxEnergy=much"} {
		if code, _, said := try(t, "transactions", "limit", "CP-1:TX", wrong); code == 0 || !strings.Contains(said, wrong) {
			t.Errorf("%s: %d %s", wrong, code, said)
		}
	}
}

func TestPrepaidIDTokens(t *testing.T) {
	a := ask(t)
	a.want(0, `"transactionLimit":{"maxCost":null,"maxEnergy":20000,"maxTime":7200,"maxSoC":80}`, "id-tokens", "add", "CAFE",
		"--credit", "25.50", "--max-energy", "20000", "--max-time", "7200", "--max-soc", "80", "-o", "json")
	a.want(0, "credit 25.5, of transactions", "id-tokens")
	a.want(0, "is now: NoCredit.", "id-tokens", "credit", "CAFE", "0")
	a.want(1, "nothing is left of its credit", "id-tokens", "check", "CAFE")
	a.want(0, "CAFE", "id-tokens", "--status", "nocredit")
	a.want(0, `"credit":10.5`, "id-tokens", "credit", "CAFE", "+10.5", "-o", "json")
	a.want(0, `"credit":12`, "id-tokens", "credit", "CAFE", "+1.5", "-o", "json")
	a.want(0, `"credit":null`, "id-tokens", "credit", "CAFE", "none", "-o", "json")
	a.want(exitInvalid, "", "id-tokens", "credit", "CAFE", "much")
	a.want(exitInvalid, "", "id-tokens", "add", "BAD", "--max-soc", "101")
}

func TestWhyALimitIsNotGiven(t *testing.T) {
	for why, want := range map[string]string{"version": "no limits", "unknown": "has not said", "unsupported": "does not take", "lower": "as low"} {
		if l := (limitView{Withheld: &why}); !strings.Contains(l.way(), want) {
			t.Errorf("%s: %s", why, l.way())
		}
	}
}
