import net from "node:net";
import kafkajs, { type Kafka } from "kafkajs";
import type { Logger } from "../../ports/observability.ts";

/** A broker in the same network answers in milliseconds; after a second it is unavailable. */
const CONNECT_MS_MAX = 1_000;
/** A request that waits for replicas may take longer. */
export const REQUEST_MS_MAX = 3_000;
const KEEP_ALIVE_MS = 60_000;

/** Few and short: callers retry by themselves, and a request must not hang in library retries. */
export const RETRY = { initialRetryTime: 100, maxRetryTime: 500, retries: 2 } as const;

/** One use of the client library, with sockets of its own. */
export interface KafkaSession {
  readonly kafka: Kafka;
  /**
   * Destroys the session's sockets and every later one. The library cannot be interrupted, and an
   * abandoned request must neither write later nor keep the process alive.
   */
  cut(): void;
}

const textOf = (error: unknown): string | undefined => (error ? String(error) : undefined);

/** Creates a client; it connects at its first use. */
export function kafkaSession(brokers: readonly string[], log: Logger): KafkaSession {
  const sockets = new Set<net.Socket>();
  let wasCut = false;

  function destroy(socket: net.Socket): void {
    // The library reacts only to an error; after a plain close it waits for its own timeouts.
    socket.destroy(new Error("the session was cut"));
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
    // At debug only: the library repeats its lines at every attempt. Every failure that matters
    // reaches this adapter as an error or an event and is logged there once.
    logCreator:
      () =>
      ({ namespace, log: { message, error } }) =>
        log.debug(
          { event: "kafka.client_message", namespace, text: message, error: textOf(error) },
          "The Kafka client reports a message",
        ),
  });

  return {
    kafka,
    cut() {
      wasCut = true;
      for (const socket of sockets) destroy(socket);
    },
  };
}
