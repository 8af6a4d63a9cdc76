package storm

import "syscall"

// ipBindAddressNoPort leaves the choice of the port to connect(2), which knows the other end: without it a bound source
// address has no more than one connection for each local port (ip(7)).
const ipBindAddressNoPort = 24

func bindLate(_, _ string, c syscall.RawConn) error {
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IP, ipBindAddressNoPort, 1)
	})
	if err != nil {
		return err
	}
	return failed
}
