// Package conformance has conversations between stations, operators and the real server, as text: what a station sends and
// expects on its socket, what an operator does through the API, and what the server has on record afterwards. The tests of
// the package play them, and docs/conformance.md lists them. Conversations that play a published test case of OCPP 2.0.1
// for the CSMS bear its id.
//
// # Scripts
//
// A file of testdata has one or more cases. Each file has a server of its own, each case a station of its own; the cases
// of a file run one after the other, the files side by side. A line is a verb and its text; indented lines continue the one
// before, and # begins a comment.
//
//	version 2.0.1 2.1         of the cases that follow; of several, each case is played in each of them
//	server stations=known     how the server of the file is set up, see yard.set; before the first case
//
//	case TC_B_06_CSMS         begins a case: the id of a published test case, or a name of ours
//	use B06                   the use cases that it plays
//	about One variable is read, and the API has it afterwards.
//	waiting PKI: nothing ...  what the server cannot do yet; the case shows what it does instead
//
// What happens:
//
//	connect                   the station connects; options: as=ID user=NAME password=TEXT subprotocol=NAME tls cert=NAME
//	                          max=1.1 cipher=NAME; certificates are those of pki.client
//	connect user=CS-2 => 401  the handshake is answered with that status, or fails: => failed
//	as CS-2                   what follows is said by and to that station, which has connected with as=CS-2
//	> Heartbeat {}            the station sends a CALL
//	< {"currentTime":"$time"} and its result is expected
//	< error SecurityError     or a CALLERROR with that code
//	< Reset {"type":"OnIdle"} the station expects a CALL
//	> {"status":"Accepted"}   and answers it
//	> error NotSupported why  or with a CALLERROR, and its description
//	> send Action {}          the station sends a SEND (OCPP 2.1)
//	> [3,"x",{}]              a message as it is; so with <
//	tx Updated ChargingStateChanged {"transactionInfo":{"chargingState":"Charging"}}
//	                          a TransactionEvent of the transaction $tx on $evse and $connector, with what is said here
//	                          put into it; next stands for Started at first, and then for Updated
//	ask ClearCache {}         short for api POST /stations/$cs/commands {"action":"ClearCache","payload":{}}, and for
//	                          < ClearCache {}
//	reply {"status":"Accepted"}
//	                          short for > {"status":"Accepted"} and for => 200 {"response":{"status":"Accepted"}}
//	verb reset {"mode":"hard"}
//	                          short for api POST /stations/$cs/reset {"mode":"hard"}
//	did accepted {"status":"Accepted"}
//	                          short for > {"status":"Accepted"} and for
//	                          => 200 {"status":"accepted","response":{"status":"Accepted"}}
//	close                     the station closes the connection, and the server has noticed
//	closed                    the server closes the connection
//	api POST /stations/$cs/commands {"action":"ClearCache"}
//	                          somebody asks the API for something; what follows happens meanwhile
//	=> 200 {"response":{"status":"Accepted"}}
//	                          the answer to the oldest request that has none
//	until GET /stations/$cs => 200 {"online":false}
//	                          asks until the answer is that one
//	set token CAFE            gives a name a value; default sets it if it has none
//	do charging evse=2        the steps of testdata/states/charging.txt, with evse set before
//	each actions-2.0.1 ... end
//	                          the steps in between for each line of testdata/tables/actions-2.0.1.txt; its first line
//	                          names the columns, which are split by tabs; %name% stands for a field
//
// A case begins without a connection, and ends with a look whether the server has said anything that nobody expected.
//
// # Values
//
// A string "$name" stands for a value: a new one when it is first sent, whatever is there when it is first expected, and the
// same from then on. Names that begin with "time" are date-times, with "int" integers. ${name} stands for a value inside
// of a string, $name inside of a path. Some have a meaning:
//
//	$cs       the identity of the case's station
//	$now      the time; $in10m and $ago2h are before and after it, with s, m, h or d
//	$seq      a number that grows by one each time, for the messages of transactions
//	$count    another one, for anything
//	$any      expected: any value
//	$absent   expected: the property is not there
//	"~^a+$"   expected: a string that the regular expression matches
//
// Messages of the server are expected exactly; {"a":1, ...} lets more be there. Answers of the API are expected in part: what
// the script does not name is not looked at. A list has the elements of the script, [..., x, ...] lets more be there.
package conformance
