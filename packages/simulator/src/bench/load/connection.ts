import { connect, type Socket } from "node:net";
import { AnswerReader, type RawAnswer } from "./answerReader.ts";
import type { Target } from "./loadPlan.ts";

/** The end of a request: the answer, or the reason why there is none. */
export type RequestEnd = RawAnswer | { readonly lost: string };

/** A request without an answer has failed after this time, ms: longer than the API's timeout. */
const ANSWER_MS_MAX = 30_000;

/**
 * A keep-alive connection on a plain socket, with at most one open request. A connection that the
 * server has closed opens again with the next request.
 */
export class Connection {
  readonly #target: Target;
  #socket: Socket | undefined;
  #settle: ((end: RequestEnd) => void) | undefined;

  constructor(target: Target) {
    this.#target = target;
  }

  /** Connects before the first request, so that the request does not include the connect. */
  open(): Promise<void> {
    const socket = this.#connected();
    return new Promise((resolve, reject) => {
      socket.once("connect", resolve).once("error", reject);
    });
  }

  /** @param settle is called once, with the end of the request */
  send(text: string, settle: (end: RequestEnd) => void): void {
    this.#settle = settle;
    this.#connected().write(text, "latin1");
  }

  close(): void {
    this.#settle = undefined;
    this.#socket?.destroy();
  }

  #connected(): Socket {
    if (this.#socket !== undefined) return this.#socket;
    const socket = connect({ port: this.#target.port, host: "127.0.0.1", noDelay: true });
    const reader = new AnswerReader();
    const lose = (reason: string) => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      socket.destroy();
      this.#end({ lost: reason });
    };
    socket.setTimeout(ANSWER_MS_MAX, () => lose("no answer in time"));
    socket.on("error", (error) => lose(reasonOf(error)));
    socket.on("close", () => lose("connection lost"));
    socket.on("data", (chunk) => {
      try {
        const answer = reader.take(chunk);
        if (answer !== undefined) this.#end(answer);
      } catch (error) {
        lose(reasonOf(error));
      }
    });
    this.#socket = socket;
    return socket;
  }

  #end(end: RequestEnd): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(end);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
