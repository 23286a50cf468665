package grade

import "testing"

// What is said of messages of HTTP, with the grader as client and as origin.
func TestHTTP(t *testing.T) {
	const both = "listen o\nserve -to $o\n"
	const ask = both + "dial A\nsend A head:'GET http://'$o'/ HTTP/1.1|Host: '$o'|X: a'\naccept O o\n"
	const asked = ask + "head O 'GET / HTTP/1.1' 'Host: '$o 'x:  a'\n"
	const answered = asked + "send O head:'HTTP/1.1 200 OK|Transfer-Encoding: chunked' " +
		"chunk:abc '2;x\\r\\nde\\r\\n0\\r\\n\\r\\n'\n" +
		"head A 'HTTP/1.1 200 OK' 'Transfer-Encoding: chunked'\n"
	const misled = both + "misleads 502 o head:'GET http://'$o'/ HTTP/1.1|Host: a' "
	const post = "head:'POST http://'$o'/ HTTP/1.1|Host: a|Transfer-Encoding: chunked' "
	for _, c := range []struct{ name, program, script, want string }{
		{"chunks", "proxy", answered + "content A abcde", "pass"},
		{"a part of it", "proxy", answered + "content -part A ab\ncontent A cde", "pass"},
		{"another content", "proxy", answered + "content A abcdX", "fail:wrong-bytes"},
		{"more is expected", "proxy", answered + "content A abcdef", "fail:wrong-bytes"},
		{"another first line", "proxy", ask + "head O 'GET /a HTTP/1.1' 'Host: '$o 'X: a'", "fail:wrong-bytes"},
		{"a field too few", "proxy-strips", asked, "fail:wrong-bytes"},
		{"a field too many", "proxy", ask + "head O 'GET / HTTP/1.1' 'Host: '$o", "fail:wrong-bytes"},
		{"no header section", "proxy", asked + "head O 'GET / HTTP/1.1'", "fail:silence"},
		{"refused", "proxy", both + "declines 400 o 'nonsense\\r\\n\\r\\n' 'GET\\r\\n\\r\\n'\nundialled o",
			"pass"},
		{"refused in another way", "proxy", both + "declines 501 o 'GET\\r\\n\\r\\n'", "fail:wrong-bytes"},
		{"refused without a word", "proxy-hushes", both + "declines 400 o 'GET\\r\\n\\r\\n'",
			"fail:early-eof"},
		{"dialled all the same", "proxy-trusts", both + "declines 400 o 'GET\\r\\n\\r\\n'", "fail:connected"},
		{"a wrong answer", "proxy", misled + "FIN: nonsense'\\r\\n\\r\\n'",
			"pass"},
		{"a right answer", "proxy", misled + "head:'HTTP/1.1 200 OK|Content-Length: 0'",
			"fail:wrong-bytes"},
		{"a content spoilt", "proxy", both + "spoils 400 o " + post + "'x\\r\\n'", "pass"},
		{"a FIN behind half of it", "proxy-finishes", both + "spoils 400 o " + post + "'x\\r\\n'", "fail:early-eof"},
		{"an echo by CONNECT", "proxy", "# through connect\nserve\ndial A B\nlockstep A each:abc\nlockstep B each:def",
			"pass"},
		{"no CONNECT", "echo", "# through connect\nserve\ndial A", "fail:wrong-bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := gradeTiny(t, tinyUnit(t, c.script), Options{}, c.program)
			if got := statuses(r); got != c.want {
				t.Errorf("%s; want %s\n%s", got, c.want, r.Text())
			}
		})
	}
}
