import { once } from "node:events";
import { createServer } from "node:http";

/** The receiver of the notifications, on loopback. */
export interface DrillReceiver {
  readonly url: string;
  /** While false, it refuses every notification with 503. */
  isUp: boolean;
  close(): Promise<void>;
}

/** Starts a receiver that accepts everything. */
export async function startDrillReceiver(): Promise<DrillReceiver> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(receiver.isUp ? 200 : 503).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const receiver: DrillReceiver = {
    url: `http://127.0.0.1:${port}/notifications`,
    isUp: true,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return receiver;
}
