package grade

import "loopback/tools/record"

// A Code names the way in which a program failed.
type Code = record.Code

// A Verdict is why a scenario failed.
type Verdict = record.Verdict

// The codes, as this package calls them.
const (
	Refused      = record.Refused
	Reset        = record.Reset
	EarlyEOF     = record.EarlyEOF
	NoEOF        = record.NoEOF
	Silence      = record.Silence
	WrongBytes   = record.WrongBytes
	ExtraBytes   = record.ExtraBytes
	Truncated    = record.Truncated
	WrongSender  = record.WrongSender
	NotListening = record.NotListening
	WrongAddress = record.WrongAddress
	Crash        = record.Crash
	Exited       = record.Exited
	NoExit       = record.NoExit
	ExitStatus   = record.ExitStatus
	Output       = record.Output
	OutOfTurn    = record.OutOfTurn
	Queue        = record.Queue
	Leak         = record.Leak
	BusyLoop     = record.BusyLoop
	Race         = record.Race
	TooMany      = record.TooMany
	TooFew       = record.TooFew
	Connected    = record.Connected
	Left         = record.Left
	Memory       = record.Memory
	Threads      = record.Threads
	Segments     = record.Segments
	Wait         = record.Wait
	Source       = record.Source
	CannotGrade  = record.CannotGrade
)

// Codes returns all codes.
func Codes() []Code { return record.Codes() }
