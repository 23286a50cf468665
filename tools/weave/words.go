package weave

// These tables are the only things about the text that the checks have to be
// told. A new word of the course goes here, in one line.

// receivers are the names that the course's prose gives to values, and the
// types in whose methods and fields a name after the dot is looked up.
var receivers = map[string][]string{
	"conn":      {"net.Conn", "net.TCPConn"},
	"c":         {"net.Conn", "net.TCPConn"},
	"ln":        {"net.Listener", "net.TCPListener"},
	"err":       {"net.Error", "net.OpError", "os.SyscallError", "builtin.error"},
	"in":        {"bufio.Reader", "bufio.Scanner"},
	"out":       {"bufio.Writer"},
	"wg":        {"sync.WaitGroup"},
	"mu":        {"sync.Mutex", "sync.RWMutex"},
	"os.Stdin":  {"os.File"},
	"os.Stdout": {"os.File"},
	"os.Stderr": {"os.File"},
}

// nested are the packages whose folder is not their name.
var nested = map[string]string{
	"atomic":   "sync/atomic",
	"binary":   "encoding/binary",
	"exec":     "os/exec",
	"filepath": "path/filepath",
	"http":     "net/http",
	"json":     "encoding/json",
	"netip":    "net/netip",
	"pprof":    "runtime/pprof",
	"signal":   "os/signal",
	"utf8":     "unicode/utf8",
}

// tools are programs and other words in lower case that stand in backticks and
// are no names of the program at hand.
var tools = []string{
	"bash", "cat", "cmp", "command", "cp", "curl", "ethtool", "gcc", "go", "lsof", "nc", "ncat", "netstat", "nsenter",
	"od", "printf", "ps", "python3", "sleep", "socat", "sort", "ss", "strace",
	"tcpdump", "telnet", "top", "traceroute", "unshare", "wc",
	"localhost",                                                 // a host's name
	"htons",                                                     // what C programs call for the order of bytes
	"somaxconn", "tcp_abort_on_overflow", "tcp_max_syn_backlog", // switches of Linux
	"notWritten", // what every stub calls, until the learner deletes it
	"ok",         // go test
}
