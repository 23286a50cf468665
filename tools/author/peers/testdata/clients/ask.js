// ask, in JavaScript for Node: events, and the reply is written as it comes.
'use strict';
const fs = require('fs');
const net = require('net');

const [addr, ...words] = process.argv.slice(2);
if (addr === undefined) {
	console.error('usage: ask ADDR [word...]');
	process.exit(2);
}

function fail(err) {
	const why = err.errors ? err.errors[err.errors.length - 1] : err; // one for each address of a name
	console.error('ask: ' + why.message);
	process.exit(1);
}

function shown(host, port) {
	return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function print(data) {
	for (let at = 0; at < data.length;) {
		try {
			at += fs.writeSync(1, data, at);
		} catch (err) {
			if (err.code !== 'EAGAIN') fail(err);
		}
	}
}

const colon = addr.lastIndexOf(':');
const conn = net.connect({
	host: addr.slice(0, colon).replace(/^\[|\]$/g, ''),
	port: addr.slice(colon + 1),
	allowHalfOpen: true,
});
conn.on('error', fail);
conn.on('connect', () => {
	console.error('tcp ' + shown(conn.localAddress, conn.localPort) + ' -> ' + shown(conn.remoteAddress, conn.remotePort));
	if (words.length > 0) conn.write(words.join(' ') + '\n');
	conn.end();
});
conn.on('data', print);
