// An echo server in Node: one thread, an event loop. pipe stops reading from a
// client while that client does not read.
const net = require('node:net');

const address = process.argv[process.argv.indexOf('-listen') + 1];
const colon = address.lastIndexOf(':');

const server = net.createServer({ allowHalfOpen: true }, (client) => {
  client.on('error', (error) => console.error(error.message));
  client.pipe(client);
});
server.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
server.listen({ host: address.slice(0, colon).replace(/[[\]]/g, ''), port: Number(address.slice(colon + 1)), backlog: 4096 }, () => {
  console.log(`listening on ${address.slice(0, colon)}:${server.address().port}`);
});
