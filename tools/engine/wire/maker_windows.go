package wire

import (
	"context"
	"errors"
)

var errNoMaker = errors.New("this system has no network namespaces")

func (Maker) dial(context.Context, string, string, Window) (*Conn, error) { return nil, errNoMaker }

func (Maker) listen(string, string, int, Window) (*Listener, error) { return nil, errNoMaker }

func (Maker) reserve(string, string, int) (*Listener, error) { return nil, errNoMaker }
