import { readConfig } from "@onsale/core";
import { type RunningServer, startServer } from "../../src/startServer.ts";
import { openRaw, type RawConnection } from "./rawConnection.ts";
import { type LogLine, recordingLog } from "./recordingLog.ts";

/** Every server of these tests waits 300 ms for a body and 600 ms for a whole request. */
const TIMES = { REQUEST_TIMEOUT_MS: "600", BODY_TIMEOUT_MS: "300" };

/** An embedded server with short time limits, and raw connections to it; both end with the test. */
export function useImpatientServer() {
  let running: RunningServer;
  let log = recordingLog();
  const connections: RawConnection[] = [];

  afterEach("closes what a test opened", async () => {
    for (const { socket } of connections.splice(0)) socket.destroy();
    await running.close();
  });

  async function open(written = "", port = running.port): Promise<RawConnection> {
    const connection = await openRaw(port, written);
    connections.push(connection);
    return connection;
  }

  return {
    server: (): RunningServer => running,
    /** The lines that the server has logged. */
    logged: (): readonly LogLine[] => log.lines,
    async start(env: Record<string, string> = {}): Promise<void> {
      const config = readConfig({ STACK: "embedded", PORT: "0", ...TIMES, ...env });
      log = recordingLog();
      running = await startServer(config, { log });
    },
    open,
    openMany: (count: number, written = "", port?: number): Promise<RawConnection[]> =>
      Promise.all(Array.from({ length: count }, () => open(written, port))),
  };
}
