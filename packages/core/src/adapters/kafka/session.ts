import net from "node:net";
import kafkajs, { type Kafka } from "kafkajs";
import type { Logger } from "../../ports/observability.ts";

/** A broker in the same network answers in milliseconds; a second says that it is away. */
const CONNECT_MS_MAX = 1_000;
/** A request that waits for replicas may take longer. */
export const REQUEST_MS_MAX = 3_000;
const KEEP_ALIVE_MS = 60_000;

/** Few and quick: callers have retries of their own, and a request must not hang behind these. */
export const RETRY = { initialRetryTime: 100, maxRetryTime: 500, retries: 2 } as const;

/** One use of the client library, with sockets of its own. */
export interface KafkaSession {
  readonly kafka: Kafka;
  /**
   * Destroys its sockets and lets it open none again: the library cannot be interrupted, and what
   * was given up must neither write later nor keep the process alive.
   */
  cut(): void;
}

/** Makes a client; it connects when it is used. */
export function kafkaSession(brokers: readonly string[], log: Logger): KafkaSession {
  const sockets = new Set<net.Socket>();
  let wasCut = false;

  function destroy(socket: net.Socket): void {
    // Only an error makes the library notice; a plain close leaves it waiting for its timeouts.
    socket.destroy(new Error("the session was given up"));
  }

  const kafka = new kafkajs.Kafka({
    clientId: "onsale",
    brokers: [...brokers],
    connectionTimeout: CONNECT_MS_MAX,
    requestTimeout: REQUEST_MS_MAX,
    retry: RETRY,
    socketFactory({ host, port, onConnect }) {
      const socket = net.connect({ host, port }, onConnect);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      if (wasCut) destroy(socket);
      return socket;
    },
    logLevel: kafkajs.logLevel.WARN,
    // At debug only: it says the same line at every attempt, and every failure that matters reaches
    // us as an error or as an event, which is logged once and by its consequence.
    logCreator:
      () =>
      ({ namespace, log: { message, error } }) =>
        log.debug({ kafkajs: namespace, error: error ? String(error) : undefined }, message),
  });

  return {
    kafka,
    cut() {
      wasCut = true;
      for (const socket of sockets) destroy(socket);
    },
  };
}
