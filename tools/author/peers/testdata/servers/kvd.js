// A key-value server in Node: one thread, an event loop; it speaks a part of
// RESP. A client is not read from while it does not read its replies.
const net = require('node:net');

const maxArgs = 1024;
const maxBulk = 1 << 20;
const maxCommand = 2 << 20;
const maxLine = 64;
const values = new Map();

const bulk = (word) => Buffer.concat([Buffer.from(`$${word.length}\r\n`), word, Buffer.from('\r\n')]);

// run carries out a command and returns the reply. A key is kept as a string
// with one character for each byte.
function run(words) {
  const name = words[0].toString('latin1').toUpperCase();
  const args = words.slice(1);
  const key = args.length > 0 ? args[0].toString('latin1') : '';
  if (name === 'PING' && args.length === 0) return '+PONG\r\n';
  if (name === 'ECHO' && args.length === 1) return bulk(args[0]);
  if (name === 'SET' && args.length === 2) {
    values.set(key, args[1]);
    return '+OK\r\n';
  }
  if (name === 'GET' && args.length === 1) return values.has(key) ? bulk(values.get(key)) : '$-1\r\n';
  if (name === 'DEL' && args.length > 0) {
    return `:${args.filter((word) => values.delete(word.toString('latin1'))).length}\r\n`;
  }
  return '-ERR unknown command or wrong number of arguments\r\n';
}

// A Parser takes what comes, in pieces of any size.
class Parser {
  pieces = []; // what has come and is not used yet
  size = 0;
  missing = 0; // words of the command
  words = [];
  room = 0;
  length = -1; // of the word that is due

  add(piece) {
    this.pieces.push(piece);
    this.size += piece.length;
  }

  // all returns what has come as one buffer.
  all() {
    if (this.pieces.length > 1) this.pieces = [Buffer.concat(this.pieces)];
    return this.pieces.length > 0 ? this.pieces[0] : Buffer.alloc(0);
  }

  use(n) {
    this.pieces = [this.all().subarray(n)];
    this.size -= n;
  }

  // next returns the next command, or null when it is not whole.
  next() {
    for (;;) {
      if (this.length >= 0) {
        if (this.size < this.length + 2) return null;
        const data = this.all();
        if (data[this.length] !== 13 || data[this.length + 1] !== 10) throw new Error('Protocol error');
        this.words.push(Buffer.from(data.subarray(0, this.length)));
        this.use(this.length + 2);
        this.length = -1;
        if (this.words.length === this.missing) {
          const { words } = this;
          this.words = [];
          this.missing = 0;
          return words;
        }
      } else if (this.missing > 0) {
        const n = this.line('$', 0, Math.min(maxBulk, this.room));
        if (n === null) return null;
        this.length = n;
        this.room -= n;
      } else {
        const n = this.line('*', 1, maxArgs);
        if (n === null) return null;
        this.missing = n;
        this.room = maxCommand;
      }
    }
  }

  // line returns the number in a line such as "$5", or null when it is not whole.
  line(mark, least, most) {
    const data = this.all();
    const end = data.subarray(0, maxLine).indexOf(10);
    if (end < 0 && data.length < maxLine) return null;
    const text = data.toString('latin1', 0, end + 1);
    const n = Number(text.slice(1, -2));
    if (end < 0 || text[0] !== mark || !/^.\d+\r\n$/.test(text) || n < least || n > most) throw new Error('Protocol error');
    this.use(end + 1);
    return n;
  }
}

// answer carries out what has come, until the client has to read first.
function answer(client, parser) {
  try {
    for (let words; (words = parser.next()) !== null;) {
      if (!client.write(run(words))) {
        client.pause();
        client.once('drain', () => {
          client.resume();
          answer(client, parser);
        });
        return;
      }
    }
  } catch (error) {
    console.error(error.message);
    parser.broken = true;
    client.end('-ERR Protocol error\r\n', () => client.destroy());
    return;
  }
  if (parser.ended) client.end();
}

const address = process.argv[process.argv.indexOf('-listen') + 1];
const colon = address.lastIndexOf(':');

const server = net.createServer({ allowHalfOpen: true }, (client) => {
  const parser = new Parser();
  client.on('error', (error) => console.error(error.message));
  client.on('data', (piece) => {
    if (parser.broken) return;
    parser.add(piece);
    answer(client, parser);
  });
  client.on('end', () => {
    parser.ended = true;
    if (!client.writableNeedDrain) client.end();
  });
});
server.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
server.listen({ host: address.slice(0, colon), port: Number(address.slice(colon + 1)), backlog: 4096 }, () => {
  const { address: host, port } = server.address();
  console.log(`listening on ${host}:${port}`);
});
