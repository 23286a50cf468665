// Echo over UDP, server and client, as a Node programmer would write it.
const dgram = require('dgram'), crypto = require('crypto');
const usage = 'usage: echo-udp -listen ADDR | [-timeout D] ADDR WORD...';
function die(text, code) { process.stderr.write(text + '\n'); process.exit(code); }
function cut(addr) { const i = addr.lastIndexOf(':'); return [addr.slice(0, i).replace(/^\[|\]$/g, ''), Number(addr.slice(i + 1))]; }
function duration(d) {
  const m = /^([0-9.]+)(ms|s|m|h|us|ns)$/.exec(d);
  if (!m) die(usage, 2);
  return Number(m[1]) * { ns: 1e-6, us: 1e-3, ms: 1, s: 1000, m: 60000, h: 3600000 }[m[2]];
}
function serve(addr) {
  const [host, port] = cut(addr), s = dgram.createSocket(host.includes(':') ? 'udp6' : 'udp4');
  s.on('error', e => die('echo-udp: ' + e.message, 1));
  s.on('message', (data, from) => s.send(data, from.port, from.address, () => {}));
  s.bind(port, host, () => { const a = s.address(); console.log(`listening on ${a.family === 'IPv6' ? `[${a.address}]` : a.address}:${a.port}`); });
}
function ask(addr, words, wait) {
  const [host, port] = cut(addr), s = dgram.createSocket(host.includes(':') ? 'udp6' : 'udp4');
  s.on('error', e => die('echo-udp: ' + e.message, 1));
  let id, tries, timer, question;
  const next = () => {
    if (words.length === 0) { s.close(); return; }
    id = Buffer.from(crypto.randomBytes(8).toString('hex') + ' ');
    question = Buffer.concat([id, Buffer.from(words.shift())]);
    tries = 0;
    again();
  };
  const again = () => {
    if (tries++ === 3) die('echo-udp: three tries and no answer', 1);
    s.send(question, e => { if (e) die('echo-udp: ' + e.message, 1); });
    timer = setTimeout(again, wait);
  };
  s.on('message', data => {
    if (!id || data.length < id.length || data.compare(id, 0, id.length, 0, id.length) !== 0) return;
    clearTimeout(timer);
    process.stdout.write(Buffer.concat([data.subarray(id.length), Buffer.from('\n')]));
    next();
  });
  s.connect(port, host, next);
}
let args = process.argv.slice(2), listen = '', wait = 1000;
for (; args.length > 0 && args[0].startsWith('-'); args = args.slice(2)) {
  if (args[0] === '-listen' && args.length > 1) listen = args[1];
  else if (args[0] === '-timeout' && args.length > 1) wait = duration(args[1]);
  else die(usage, 2);
}
if (listen && args.length === 0) serve(listen);
else if (!listen && args.length >= 2) ask(args[0], args.slice(1), wait);
else die(usage, 2);
