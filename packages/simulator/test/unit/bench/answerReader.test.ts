import { expect } from "chai";
import { AnswerReader } from "../../../src/bench/load/answerReader.ts";

const ANSWER = "HTTP/1.1 409 Conflict\r\nX-A: 1\r\ncontent-length: 5\r\n\r\nhello";

describe("AnswerReader", () => {
  it("reads an answer that arrives in parts of any size, and the next one after it", () => {
    for (let size = 1; size <= ANSWER.length; size += 1) {
      const reader = new AnswerReader();
      const bytes = Buffer.from(ANSWER + ANSWER);
      const answers: string[] = [];
      for (let from = 0; from < bytes.length; ) {
        // A server sends an answer only after the request, so no part has bytes of two answers.
        const end = Math.min(from + size, (Math.floor(from / ANSWER.length) + 1) * ANSWER.length);
        const answer = reader.take(bytes.subarray(from, end));
        if (answer) answers.push(`${answer.status} ${Buffer.concat(answer.body)}`);
        from = end;
      }
      expect(answers, `parts of ${size}`).to.deep.equal(["409 hello", "409 hello"]);
    }
  });

  it("expects no body with 204 and 304", () => {
    const reader = new AnswerReader();
    expect(reader.take(Buffer.from("HTTP/1.1 204 No Content\r\n\r\n"))?.status).to.equal(204);
    const unchanged = "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n";
    expect(reader.take(Buffer.from(unchanged))?.status).to.equal(304);
  });

  it("rejects an answer without a length, and bytes after an answer", () => {
    const chunked = Buffer.from("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    expect(() => new AnswerReader().take(chunked)).to.throw("without Content-Length");
    expect(() => new AnswerReader().take(Buffer.from(`${ANSWER}!`))).to.throw("after the end");
  });
});
