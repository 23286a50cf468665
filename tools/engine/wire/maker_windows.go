package wire

import (
	"context"
	"errors"
)

var errNoMaker = errors.New("this system has no network namespaces")

func (Maker) dial(context.Context, string, string, Window) (*Conn, error) { return nil, errNoMaker }

func (Maker) listen(string, string, Window) (*Listener, error) { return nil, errNoMaker }

func (Maker) reserve(string, string) (*Listener, error) { return nil, errNoMaker }
