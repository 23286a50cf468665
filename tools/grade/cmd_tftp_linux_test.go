package grade

import (
	"strings"
	"testing"
)

const tftpFiles = "folder D\npublish $D boot bytes:1300\nserve -udp 30s $D\nudp A B X\n"

const tftpTimed = "# patience 60ms\nfolder D\npublish $D boot bytes:1300\nserve -udp $patience $D\nudp A B X\n"

const tftpWaits = "rrq A boot\ndata A 1\nwakes 0 1\ndata A 1\nwakes 1.2 2\ndata A 1\nwakes 3.2 4"

// Every command for files by datagrams, with a server that does as it should.
func TestTFTPCommands(t *testing.T) {
	t.Parallel()
	for _, script := range []string{
		tftpFiles + "rrq A boot\ndata A 1\nack A 1\ndata A 2 bytes:512-1024\nack A 2\ndata A 3-3\nack A 3\n" +
			"finished A",
		tftpFiles + "rrq A nowhere\nrefused A 1\nrrq A nowhere\nrefused A 2,1",
		tftpFiles + "rrq A boot\ndata A 1\nsendto -to $A_peer X tftp:'ACK 1'\nrefused X 5\nsendto -to $A_peer A " +
			"tftp:'ERROR 0 no'\nfinished A",
		tftpFiles + "download A boot\nfinished A\ndownload -twice B boot\nfinished B",
		tftpFiles + "rrq A boot blksize 512\noack A blksize 512\nack A 0\ndata A 1",
		tftpFiles + "relay R $server out dup 2\nrrq -to $R A boot\ndata A 1\nack A 1\ndata A 2\ncarried R back 2",
		tftpTimed + "relay R $server back drop 2\nrrq -to $R A boot\ndata A 1\nack A 1\ndata A 2\nack A 2\ndata A 3\n" +
			"ack A 3\nfinished A",
		tftpTimed + "rrq A boot\ndata A 1\nack -times 20 A 0\ndata A 1\nack A 1\ndownload -late A\nfinished A\n" +
			"abandoned -yet 20 boot",
		tftpFiles + "bring -blocks 1 A new bytes:600\nholds $D boot\nbring -twice A\nholds $D boot new\nrrq B new\n" +
			"data B 1 bytes:512\nack B 1\ndata B 2 bytes:512-600",
		tftpTimed + "rrq A boot\ndata A 1\ngives-up A 3\nabandoned 20 boot\ndescriptors",
		"folder -unreadable D\nserve -udp 30s $D\nudp A\nrrq A $D_unreadable\nrefused A 0,1,2",
		"folder D\npublish -folder $D sub\npublish -pipe $D p\npublish -link $D l boot\npublish $D boot " +
			"x\nserve -udp 30s $D\n" +
			"udp A\nrrq A l\ndata A 1 x",
	} {
		r := gradeTiny(t, tinyUnit(t, script), Options{}, "tftp", "")
		if got := statuses(r); got != "pass" {
			t.Errorf("%s\n%s\n%s", script, got, r.Text())
		}
	}
}

// Each mistake is seen by the command that is for it.
func TestTFTPVerdicts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ program, script, want string }{
		{"tftp-half", tftpFiles + "bring -blocks 1 A new bytes:600\nholds $D boot", "fail:file"},
		{"tftp", tftpFiles + "holds $D boot new", "fail:file"},
		{"tftp-open", tftpFiles + "endings 3 A boot sub", "fail:leak"},
		{"tftp-again", tftpFiles + "download -twice A boot", "fail:extra-bytes"},
		{"tftp-main", tftpFiles + "rrq A boot\ndata A 1", "fail:wrong-sender"},
		{"tftp-forever", tftpTimed + "rrq A boot\ndata A 1\ngives-up A 3", "fail:extra-bytes"},
		{"tftp-open", tftpFiles + "download A boot\nfinished A", "fail:leak"},
		{"tftp-early", tftpTimed + "rrq A boot\ndata A 1\ngives-up A 3", "fail:silence"},
		{"tftp-half", tftpFiles + "download A boot", "fail:truncated"},
		{"tftp-fixed", tftpTimed + tftpWaits, "fail:wait"},
		{"tftp-steps", tftpTimed + tftpWaits, "pass"},
		{"tftp-short-steps", tftpTimed + tftpWaits, "fail:wait"},
	} {
		t.Run(c.program+" "+c.want, func(t *testing.T) {
			t.Parallel()
			r := gradeTiny(t, tinyUnit(t, c.script), Options{}, c.program, "")
			if got := statuses(r); got != c.want && !strings.HasSuffix(c.want, strings.TrimPrefix(got, "timeout:")) {
				t.Errorf("%s; want %s\n%s", got, c.want, r.Text())
			}
		})
	}
}

// Timelines name packets.
func TestTFTPTimeline(t *testing.T) {
	t.Parallel()
	r := gradeTiny(t, tinyUnit(t, tftpFiles+"rrq A boot\ndata A 2"), Options{}, "tftp", "")
	for _, want := range []string{`RRQ "boot" octet`, "DATA 1 ", "DATA 1 came; DATA 2 was expected"} {
		if !strings.Contains(r.Text(), want) {
			t.Errorf("%q is not in:\n%s", want, r.Text())
		}
	}
}

// The model agrees with a right server, and sees one that is not.
func TestTFTPDownloads(t *testing.T) {
	t.Parallel()
	script := tftpFiles[:strings.Index(tftpFiles, "udp A")] + "downloads 60"
	r := gradeTiny(t, tinyUnit(t, script), Options{}, "tftp-again", "")
	switch got := statuses(r); got { // what it does wrong is seen at what the seed asks for
	case "fail:extra-bytes", "fail:wrong-bytes", "fail:wrong-sender", "timeout:silence":
	default:
		t.Errorf("%s\n%s", got, r.Text())
	}
}
