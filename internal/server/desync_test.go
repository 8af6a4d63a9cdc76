package server

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What is left of a body that was too large is not the next request of the connection.
func TestTheRestOfALargeBodyIsNoRequest(t *testing.T) {
	r := serve(t, Config{})
	c, err := net.Dial("tcp", r.srv.APIAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	smuggled := "POST /api/v1/tokens HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + apiToken + "\r\nContent-Length: 16\r\n\r\n{\"value\":\"EVIL\"}"
	body := strings.Repeat(" ", 1<<20) + smuggled
	go func() {
		_, err := fmt.Fprintf(c, "POST /api/v1/stations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s", apiToken, len(body)+(1<<20), body)
		if err == nil {
			_, err = io.WriteString(c, strings.Repeat(" ", 1<<20))
		}
		_ = err // the server may close before all is sent
	}()
	answers := bufio.NewReader(c)
	resp, err := http.ReadResponse(answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusRequestEntityTooLarge || !resp.Close {
		t.Errorf("%s, and it closes: %v", resp.Status, resp.Close)
	}
	if more, err := http.ReadResponse(answers, nil); err == nil {
		t.Errorf("a second answer: %s", more.Status)
	} else if !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the end of the connection: %v", err)
	}
	if list := r.items("/tokens"); len(list) > 0 {
		t.Errorf("tokens: %v", list)
	}
}
