// PostgreSQL with pgvector on a local port. Prints the port when it is ready, and ends with its standard input.
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

const db = await PGlite.create({ extensions: { vector } });
// one session that all share: a connection may come before the one before it is seen to have gone
const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0, maxConnections: 8 });
await server.start();
process.stdin.on('end', () => process.exit(0)).resume();
console.log(server.getServerConn().split(':').pop());
