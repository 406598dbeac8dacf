import { connect, createServer, type Server, type Socket } from "node:net";

/** before: COMMIT does not reach the server. after: COMMIT reaches it, and its answer is lost. */
export type CutPoint = "before" | "after";

export interface CommitCutter {
  /** The URL of the database through the cutter. */
  readonly url: string;
  /** Cuts the next connections that send COMMIT. @param times how many */
  cut(point: CutPoint, times?: number): void;
  /** Cuts the next connection that sends COMMIT, then all other connections and every new one. */
  cutAndGoDark(point: CutPoint): void;
  /** Accepts connections again. */
  comeBack(): void;
  /** How many connections were cut so far. */
  cutCount(): number;
  close(): Promise<void>;
}

/** MySQL's packets: three bytes of length, one of sequence, then the payload; 3 is COM_QUERY. */
const HEADER_BYTES = 4;
const COM_QUERY = 3;
/** MySQL 8 and later put counts of query attributes in front: 0 attributes, 1 set. */
const NO_ATTRIBUTES = "\0\u0001";

function isCommit(statement: string): boolean {
  const start = statement.startsWith(NO_ATTRIBUTES) ? NO_ATTRIBUTES.length : 0;
  return /^commit\b/i.test(statement.slice(start));
}

/** Looks for COMMIT in the whole packets of the buffer. @returns also the incomplete rest */
function findCommit(buffer: Buffer): { found: boolean; rest: Buffer } {
  let at = 0;
  let found = false;
  while (buffer.length - at >= HEADER_BYTES) {
    const length = buffer.readUIntLE(at, 3);
    if (buffer.length - at < HEADER_BYTES + length) break;
    const payload = buffer.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length);
    if (payload[0] === COM_QUERY && isCommit(payload.subarray(1).toString("latin1"))) {
      found = true;
    }
    at += HEADER_BYTES + length;
  }
  return { found, rest: buffer.subarray(at) };
}

interface Plan {
  readonly point: CutPoint;
  readonly left: number;
  readonly thenDark: boolean;
}

/** Starts the listener on a free port. @returns the database's URL with that port */
async function urlBehind(listener: Server, mysqlUrl: string): Promise<string> {
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("it listens on a port");
  const url = new URL(mysqlUrl);
  url.hostname = "127.0.0.1";
  url.port = String(address.port);
  return url.href;
}

function keepIn(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.on("error", () => socket.destroy());
  socket.on("close", () => sockets.delete(socket));
}

/** A relay in front of MySQL that cuts connections during COMMIT. */
export async function openCommitCutter(mysqlUrl: string): Promise<CommitCutter> {
  const target = new URL(mysqlUrl);
  const open = new Set<Socket>();
  const clients = new Set<Socket>();
  let plan: Plan = { point: "before", left: 0, thenDark: false };
  let dark = false;
  let cuts = 0;

  /** Cuts the clients' side only: the server handles what it has received. */
  function goDark(): void {
    dark = true;
    for (const client of clients) client.destroy();
  }

  function relay(client: Socket): void {
    keepIn(open, client);
    keepIn(clients, client);
    if (dark) {
      client.destroy();
      return;
    }
    const server = connect({ host: target.hostname, port: Number(target.port || 3306) });
    keepIn(open, server);
    let pending = Buffer.alloc(0);
    server.on("data", (data) => {
      if (!client.destroyed) client.write(data);
    });
    server.on("close", () => client.destroy());
    client.on("close", () => server.end());
    client.on("data", (data) => {
      const { found, rest } = findCommit(Buffer.concat([pending, data]));
      pending = Buffer.from(rest);
      if (!found || plan.left === 0) {
        server.write(data);
        return;
      }
      plan = { ...plan, left: plan.left - 1 };
      cuts += 1;
      // "after": closes the connection after COMMIT was sent; the server handles the COMMIT.
      if (plan.point === "after") server.end(data);
      else server.destroy();
      client.destroy();
      if (plan.thenDark) goDark();
    });
  }

  const listener = createServer(relay);
  return {
    url: await urlBehind(listener, mysqlUrl),
    cut(point, times = 1) {
      plan = { point, left: times, thenDark: false };
    },
    cutAndGoDark(point) {
      plan = { point, left: 1, thenDark: true };
    },
    comeBack() {
      dark = false;
    },
    cutCount: () => cuts,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => listener.close(() => resolve()));
    },
  };
}
