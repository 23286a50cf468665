package play

import (
	"fmt"
	"slices"

	"github.com/rogpeppe/go-internal/testscript"
)

// Commands is filled by the files that hold them, in the order of the
// reference page.
func Commands() []Command {
	return slices.Concat(
		serverCommands,
		inheritCommands,
		contendCommands,
		pathCommands,
		rightsCommands,
		errandCommands,
		queueCommands,
		refusesCommands,
		leavesCommands,
		clientCommands,
		scarceCommands,
		portCommands,
		byteCommands,
		sizeCommands,
		atOnceCommands,
		protocolCommands,
		segmentCommands,
		modelCommands,
		flowCommands,
		passingCommands,
		httpCommands,
		originCommands,
		crowdCommands,
		rivalCommands,
		successionCommands,
		moveCommands,
		boundCommands,
		turnedAwayCommands,
		admissionCommands,
		workerCommands,
		roomCommands,
		brimCommands,
		patchyCommands,
		throngCommands,
		severedCommands,
		presenceCommands,
		visitorCommands,
		certificateCommands,
		tlsCommands,
		callerCommands,
		endCommands,
		partingCommands,
		heldCommands,
		goodbyeCommands,
		uploadCommands,
		wholeCommands,
		untilCutCommands,
		stoppedCommands,
		datagramCommands,
		noiseCommands,
		wakeCommands,
		strangerCommands,
		interviewCommands,
		relayCommands,
		tftpCommands,
		transferCommands,
		downloadCommands,
		tftpUploadCommands,
		packetCommands,
		decodeCommands,
		drawnCommands,
		programCommands,
		lastLineCommands,
		tellCommands,
		folderCommands,
		outlastCommands,
		limitCommands,
		lineCommands,
		systemCommands,
		socketCommands,
		signalCommands,
		barrageCommands,
		restCommands,
		meansCommands,
	)
}

// scriptCommands returns the commands as testscript wants them.
func scriptCommands() map[string]func(*testscript.TestScript, bool, []string) {
	m := map[string]func(*testscript.TestScript, bool, []string){}
	for _, c := range Commands() {
		m[c.Name] = func(ts *testscript.TestScript, neg bool, args []string) {
			if neg {
				ts.Fatalf("%s cannot be negated with !", c.Name)
			}
			s := ts.Value(sceneKey{}).(*scene)
			s.ts = ts
			s.log.At(s.places.Next(c.Name))
			if message := s.play(c, args); message != "" {
				ts.Fatalf("%s", message)
			}
		}
	}
	return m
}

type sceneKey struct{}

// play runs one command and returns why the scenario ends with it, or "".
func (s *scene) play(c Command, args []string) (message string) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case stop:
			message = r.message
		case usage:
			message = fmt.Sprintf("%s; usage: %s %s", string(r), c.Name, c.Args)
		default:
			panic(r)
		}
	}()
	s.known.command, s.known.args = c.Name, args
	c.run(s, args)
	return ""
}
