package grade

import "testing"

// What a program does that has said its last word, while its client has not, is known from the kernel.
func TestParting(t *testing.T) {
	const refused = "dial A\npour A 'eleven byte'\nrecv A 'too much\\n'\neof A\n"
	const silent = "# patience 300ms\nserve -linger $patience\n" + refused
	const timed = "# patience 300ms\nserve -linger $patience\ndial A\nmark sent\npour A 'eleven byte'\n"
	const sips = "# patience 400ms\nserve -linger $patience\ndial -small A\npour A 'eleven byte'\n" +
		"recv A 'too much\\n'\nmark sent\nreleased-by -sipping sent 1.5 A\n"
	for _, c := range []struct{ name, program, text, want string }{
		{"sent after the FIN", "sums", "serve\n" + refused + "lingers A\npour A bytes:100000\nlingers A\n" +
			"closewrite A\nreleased A\n", ""},
		{"closed too soon", "sums-hasty", "serve\n" + refused + "lingers A\n",
			"wait: the server has closed its end of A"},
		{"shut out", "sums-hasty", "serve\n" + refused + "pour A bytes:8MiB\n", "reset: the server's side reset the "},
		{"reset in mid-write, and what it said", "sums-hasty",
			"serve\ndial A\nsend A bytes:8MiB\nrecv A 'too little\\n'\n", "wrong-bytes: "},
		{"reset in mid-write, and nothing is read", "sums-hasty", "serve\ndial A\nsend A bytes:8MiB\n",
			"reset: the server's side reset the "},
		{"reset in mid-write, behind what it said", "sums-hasty",
			"serve\ndial A\nsend A bytes:8MiB\nrecv A 'too much\\n'\n", "reset: the server's side reset the "},
		{"reset in mid-write, where a FIN is due", "sums-hasty",
			"serve\ndial A\nsend A bytes:8MiB\nrecv A 'too much\\n'\neof A\n", "reset: the server's side reset the "},
		{"never closed", "sums", "serve\n" + refused + "released A\n", "wait: the server has a timer of its own"},
		{"cut off", "sums", "serve\n" + refused + "endless A 40MiB\ndescriptors\n", ""},
		{"not cut off", "sums-endless", "serve\n" + refused + "endless A 40MiB\n",
			"wait: A has sent 41,943,040 bytes more"},
		{"its time is over", "sums", silent + "released A\n", ""},
		{"drips", "sums", silent + "released -dripping A\n", ""},
		{"drips that buy time", "sums-per-read", silent + "released -dripping A\n",
			"wait: A has sent a byte now and then"},
		{"in time", "sums", timed + "released-by sent 1.5 A\n", ""},
		{"not in time", "sums", "# patience 300ms\nserve\ndial A\nmark sent\npour A 'eleven byte'\n" +
			"released-by sent 1.5 A\n", "wait: A has not ended its stream, and the server still has its end"},
		{"sips", "sums-at-length", sips, ""},
		{"sips that buy time", "sums-piecemeal", sips, "wait: A reads a little now and then"},
		{"some time", "sums", timed + "until sent 0.5\nlingers A\nuntil sent 1.5\nlingers A\n",
			"wait: the server has closed its end of A"},
		{"another limit", "sums", "# patience 300ms\nlimit more 4\nserve -linger $more\ndial A\nmark sent\n" +
			"pour A 'eleven byte'\nuntil sent 1.5\nlingers A\n", ""},
		{"on purpose", "sums-breaks", "serve\ndial A\npour A 'eleven byte'\naborted A 'too much\\n' 'and more'\n", ""},
		{"a FIN in its place", "sums", "serve\ndial A\npour A 'eleven byte'\naborted A 'too much\\n' 'and more'\n",
			"early-eof: the server ended the connection with a FIN"},
		{"not what was sent", "sums-breaks", "serve\ndial A\npour A 'eleven byte'\naborted A 'too little\\n'\n",
			"wrong-bytes: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			passes(t, c.program, c.text, c.want)
		})
	}
}

// Uploads end in all ways, and standard error tells of whom.
func TestUploads(t *testing.T) {
	const reset = "serve\ndial A\nsend A half\nreset A\n"
	for _, c := range []struct{ name, program, text, want string }{
		{"sizes", "sums", "serve\nupload 0-10\nupload -frozen 0 1 10\n", ""},
		{"too large", "sums", "serve\nupload 9-11\n", "wrong-bytes: "},
		{"of all sorts", "sums", "serve\nuploads -limit 10 40 'too much\\n'\n", ""},
		{"refused in a hurry", "sums-hasty", "serve\nuploads -limit 10 60 'too much\\n'\n", "reset: "},
		{"told", "sums", reset + "tells A reset\ntells -none A digest\n", ""},
		{"not told", "sums-silent", reset + "tells A reset\n", "output: "},
		{"told of another", "sums", reset + "dial B\ntells B reset\n", "output: "},
		{"told against the promise", "sums", reset + "rest\ntells -none A reset\n",
			`output: no line of standard error should say "reset" of A`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			passes(t, c.program, c.text, c.want)
		})
	}
}

// The texts that are made of others.
func TestSums(t *testing.T) {
	const text = "serve\ndial A\nsend A abc\nclosewrite A\nrecv A "
	passes(t, "sums", text+`'3 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n'`+"\n", "")
	passes(t, "sums", text+"sum:abc\n", "")
	passes(t, "echo", "serve\ndial A\nsend A numbered:2:x\nrecv A '0000001 x\\n0000002 x\\n'\n", "")
	passes(t, "sums", text+"sum:abd\n", "wrong-bytes: ")
}
