package storm

import "syscall"

// ipBindAddressNoPort leaves the choice of the port to connect(2), which knows the other end: without it a bound source
// address has no more than one connection for each local port (ip(7)).
const ipBindAddressNoPort = 24

func bindLate(_, _ string, c syscall.RawConn) error {
	return setOption(c, syscall.IPPROTO_IP, ipBindAddressNoPort, 1)
}

// receiveLittle gives a socket the receive buffer of a station that will stop reading, before the kernel has promised
// more to the other end. Then comes next, which may be nil.
func receiveLittle(next func(network, address string, c syscall.RawConn) error) func(string, string, syscall.RawConn) error {
	return func(network, address string, c syscall.RawConn) error {
		if err := setOption(c, syscall.SOL_SOCKET, syscall.SO_RCVBUF, stuckBuffer); err != nil || next == nil {
			return err
		}
		return next(network, address, c)
	}
}

func setOption(c syscall.RawConn, level, option, value int) error {
	var failed error
	err := c.Control(func(fd uintptr) { failed = syscall.SetsockoptInt(int(fd), level, option, value) })
	if err != nil {
		return err
	}
	return failed
}
