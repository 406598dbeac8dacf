/** An answer of the server, without its headers. */
export interface RawAnswer {
  readonly status: number;
  /** The body, in the parts in which it arrived. */
  readonly body: readonly Buffer[];
}

const HEAD_END = Buffer.from("\r\n\r\n");
/** Position of the status in "HTTP/1.1 200 OK". */
const STATUS_START = 9;
const STATUS_END = 12;
const LENGTH = /\r\ncontent-length: *(\d+)/i;

/**
 * Reads the answers of one connection on which at most one request is open. It looks only at the
 * status and the length, so that an answer costs the load generator little.
 */
export class AnswerReader {
  /** The begin of a head that has not arrived completely. */
  #head: Buffer | undefined;
  #status = 0;
  /** Number of bytes of the body that have not arrived; undefined while a head is expected. */
  #missing: number | undefined;
  #body: Buffer[] = [];

  /**
   * Takes the bytes that arrived.
   * @returns the answer when it is complete
   * @throws Error for an answer without a length, or for bytes after the answer
   */
  take(chunk: Buffer): RawAnswer | undefined {
    if (this.#missing === undefined) {
      const start = this.#head === undefined ? chunk : Buffer.concat([this.#head, chunk]);
      const end = start.indexOf(HEAD_END);
      if (end < 0) {
        this.#head = start;
        return undefined;
      }
      this.#head = undefined;
      this.#readHead(start.toString("latin1", 0, end));
      this.#addBody(start.subarray(end + HEAD_END.length));
    } else {
      this.#addBody(chunk);
    }
    if (this.#missing !== 0) return undefined;
    const answer = { status: this.#status, body: this.#body };
    this.#missing = undefined;
    this.#body = [];
    return answer;
  }

  #readHead(head: string): void {
    this.#status = Number(head.slice(STATUS_START, STATUS_END));
    const length = LENGTH.exec(head)?.[1];
    const isEmpty = this.#status === 204 || this.#status === 304;
    if (length === undefined && !isEmpty) throw new Error("an answer without Content-Length");
    this.#missing = isEmpty ? 0 : Number(length);
  }

  #addBody(part: Buffer): void {
    if (part.length === 0) return;
    this.#missing = (this.#missing ?? 0) - part.length;
    if (this.#missing < 0) throw new Error("bytes after the end of an answer");
    this.#body.push(part);
  }
}
