package peers

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// packages maps each foreign program to the Debian package that installs it.
var packages = map[string]string{
	"atftp":           "atftp",
	"bash":            "bash",
	"chromium":        "chromium",
	"curl":            "curl",
	"gcc":             "gcc",
	"git":             "git",
	"ip":              "iproute2",
	"java":            "default-jre-headless",
	"javac":           "default-jdk-headless",
	"mkfifo":          "coreutils",
	"nc":              "netcat-openbsd",
	"ncat":            "ncat",
	"node":            "nodejs",
	"ping":            "iputils-ping",
	"python3":         "python3",
	"redis-benchmark": "redis-tools",
	"redis-cli":       "redis-tools",
	"rustc":           "rustc",
	"socat":           "socat",
	"ss":              "iproute2",
	"ssh":             "openssh-client",
	"ssh-keygen":      "openssh-client",
	"sshd":            "openssh-server",
	"tcpdump":         "tcpdump",
	"telnet":          "telnet",
	"tftp":            "tftp-hpa",
	"unshare":         "util-linux",
	"wget":            "wget",
}

// tool returns the path of the program called name. Without it the test is
// skipped, or fails where CI is set: there a skipped test would go unnoticed.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := find(name)
	if err == nil {
		return path
	}
	install := "apt-get install " + packages[name]
	if os.Getenv("CI") != "" {
		t.Fatalf("%v: %s", err, install)
	}
	t.Skipf("SKIP: %v: %s", err, install)
	return ""
}

// find looks for the program called name in PATH.
func find(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%s is not installed", name)
	}
	if name != "nc" {
		return path, nil
	}
	// Several programs are called nc, and only OpenBSD's needs -N to
	// half-close. With -h it says whose it is, and fails or not.
	if out, _ := exec.Command(path, "-h").CombinedOutput(); !strings.Contains(string(out), "OpenBSD") {
		return "", fmt.Errorf("nc is not OpenBSD's")
	}
	return path, nil
}
