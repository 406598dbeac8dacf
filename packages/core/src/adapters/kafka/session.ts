import type net from "node:net";
import kafkajs, { type Kafka } from "kafkajs";
import type { Logger } from "../../ports/observability.ts";
import { clientOptions, type KafkaTarget } from "./clientOptions.ts";
import { openSocket } from "./openSocket.ts";

/**
 * A broker in the same network answers in milliseconds. After a second it counts as unavailable.
 */
const CONNECT_MS_MAX = 1_000;
/** Longer than the connection limit, because a request may wait for replicas. */
export const REQUEST_MS_MAX = 3_000;

/** Few and short retries: callers retry themselves, so kafkajs should report a failure soon. */
export const RETRY = { initialRetryTime: 100, maxRetryTime: 500, retries: 2 } as const;

/** A kafkajs client with its own sockets. */
export interface KafkaSession {
  readonly kafka: Kafka;
  /**
   * Destroys the sockets of the session, and each socket that the session opens later. The reason:
   * kafkajs cannot be interrupted, and an abandoned request must neither write later nor keep the
   * process alive.
   */
  cut(): void;
}

const textOf = (error: unknown): string | undefined => (error ? String(error) : undefined);

/** Creates a client. The client connects at its first use. */
export function kafkaSession(target: KafkaTarget, log: Logger): KafkaSession {
  const sockets = new Set<net.Socket>();
  let wasCut = false;

  function destroy(socket: net.Socket): void {
    // kafkajs reacts only to an error. After a close without an error, kafkajs would wait for its
    // own timeouts.
    socket.destroy(new Error("the session was cut"));
  }

  const kafka = new kafkajs.Kafka({
    ...clientOptions(target),
    clientId: "onsale",
    connectionTimeout: CONNECT_MS_MAX,
    requestTimeout: REQUEST_MS_MAX,
    retry: RETRY,
    socketFactory(broker) {
      const socket = openSocket(broker);
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      if (wasCut) destroy(socket);
      return socket;
    },
    logLevel: kafkajs.logLevel.WARN,
    // The lines of kafkajs are logged at level debug only, because kafkajs repeats them at every
    // attempt. This adapter receives every important failure as an error or an event and logs the
    // failure once.
    logCreator:
      () =>
      ({ namespace, log: { message, error } }) =>
        log.debug(
          { event: "kafka.client_message", namespace, text: message, error: textOf(error) },
          "The Kafka client library logged a warning or an error",
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
