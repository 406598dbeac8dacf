import { expect } from "chai";
import { type Answer, type CallOptions, callApi, textIn } from "../support/callApi.ts";
import { statusesIn } from "../support/rawConnection.ts";
import { useImpatientServer } from "../support/useImpatientServer.ts";

const KIB = 1024;
const CHARGE = '{"amount":5}';

describe("JSON bodies", () => {
  const { server, start, open } = useImpatientServer();
  let token: string;

  beforeEach("starts a server with one user", async () => {
    await start();
    const created = await callApi(server().url, "POST", "/api/v1/users", { json: { name: "Ada" } });
    token = textIn(created.data, "accessToken");
  });

  const charge = (options: CallOptions): Promise<Answer> =>
    callApi(server().url, "PUT", "/api/v1/points/charge", { token, ...options });

  const head = (...headers: string[]): string =>
    [
      "PUT /api/v1/points/charge HTTP/1.1",
      "host: a",
      `authorization: Bearer ${token}`,
      "content-type: application/json",
      ...headers,
      "\r\n",
    ].join("\r\n");

  const padded = (length: number): string => CHARGE + " ".repeat(length - CHARGE.length);

  /** A body in chunks, each as its length and its text. */
  const chunked = (...chunks: Buffer[]): Buffer =>
    Buffer.concat([
      ...chunks.flatMap((chunk) => [
        Buffer.from(`${chunk.length.toString(16)}\r\n`),
        chunk,
        Buffer.from("\r\n"),
      ]),
      Buffer.from("0\r\n\r\n"),
    ]);

  it("are accepted up to 64 KiB, and refused with one byte more", async () => {
    expect((await charge({ raw: padded(64 * KIB) })).status).to.equal(200);
    const tooLarge = await charge({ raw: padded(64 * KIB + 1) });
    expect([tooLarge.status, tooLarge.code]).to.deep.equal([413, "BODY_TOO_LARGE"]);
  });

  it("are measured while they arrive when the client names no length", async () => {
    const fits = await open(head("transfer-encoding: chunked", "connection: close"));
    fits.socket.write(chunked(Buffer.from(padded(64 * KIB))));
    expect(statusesIn(await fits.ended)).to.deep.equal([200]);
    const tooLarge = await open(head("transfer-encoding: chunked"));
    const whole = chunked(Buffer.from(padded(64 * KIB)), Buffer.from(" "));
    tooLarge.socket.write(whole.subarray(0, -1));
    const answer = await tooLarge.ended;
    expect(statusesIn(answer)).to.deep.equal([413]);
    expect(answer).to.match(/^connection: close\r$/im);
  });

  it("may arrive in pieces that split a character", async () => {
    const bytes = Buffer.from('{"amount":5,"n\u00e4me":1}');
    const at = bytes.indexOf("\u00e4") + 1;
    const connection = await open(head("transfer-encoding: chunked", "connection: close"));
    connection.socket.write(chunked(bytes.subarray(0, at), bytes.subarray(at)));
    const answer = await connection.ended;
    expect(answer).to.include('"path":"body.n\u00e4me","reason":"Unknown field"');
  });

  it("count as an object without fields when they come in no chunk", async () => {
    const connection = await open(head("transfer-encoding: chunked", "connection: close"));
    connection.socket.write(chunked());
    expect(await connection.ended).to.include('"path":"body.amount"');
  });

  for (const type of [
    "application/json",
    "Application/JSON",
    "application/json; charset=utf-8",
    'application/json;charset="UTF-8"',
    "application/json; charset=utf8",
    "application/json; charset=UTF8",
    "application/json; charset=unicode-1-1-utf-8",
    "application/json; profile=a",
  ]) {
    it(`are accepted as ${type}`, async () => {
      const answer = await charge({ raw: CHARGE, headers: { "content-type": type } });
      expect(answer.status).to.equal(200);
    });
  }

  for (const [what, header, value] of [
    ["another charset", "content-type", "application/json; charset=iso-8859-1"],
    ["UTF-16", "content-type", "application/json; charset=utf-16le"],
    ["another type", "content-type", "text/plain; charset=utf-8"],
    ["compression", "content-encoding", "gzip"],
  ] as const) {
    it(`are refused with ${what}, and the text names it`, async () => {
      const answer = await charge({ raw: CHARGE, headers: { [header]: value } });
      expect([answer.status, answer.code]).to.deep.equal([415, "UNSUPPORTED_MEDIA_TYPE"]);
      const named = /charset=(?<name>[\w-]+)$/.exec(value)?.groups?.name ?? value;
      expect(answer.body.detail).to.include(value.startsWith("text") ? value : named);
      expect(answer.body.detail).to.include("application/json in UTF-8");
    });
  }

  it("may begin with a byte order mark", async () => {
    expect((await charge({ raw: `\ufeff${CHARGE}` })).status).to.equal(200);
  });

  it("are refused when they are not UTF-8", async () => {
    const raw = new Uint8Array([...Buffer.from('{"amount":5,"a":"'), 0xc3, 0x28, 0x22, 0x7d]);
    const answer = await charge({ raw });
    expect([answer.status, answer.code]).to.deep.equal([400, "INVALID_JSON"]);
    expect(answer.text).to.include("encode it as UTF-8");
  });

  for (const raw of [
    '{"amount":5,"amount":5000}',
    '{"amount":5,"\\u0061mount":5000}',
    '{"amount":5,"a":[{"b":"\\"","b" :{}}]}',
  ]) {
    it(`are refused when an object has a field twice: ${raw}`, async () => {
      const answer = await charge({ raw });
      expect([answer.status, answer.code]).to.deep.equal([400, "INVALID_JSON"]);
      expect(answer.text).to.include("field twice");
    });
  }

  it("may have one name in two objects, and texts that look like fields", async () => {
    const raw = '{"amount":5,"a":{"amount":1,"b":"\\"amount\\":1"},"c":["amount", "x"]}';
    expect((await charge({ raw })).text).to.include("Unknown field");
  });

  it("may have the text __proto__ as a value", async () => {
    const answer = await charge({ json: { amount: 5, name: "__proto__" } });
    expect([answer.status, answer.code]).to.deep.equal([400, "INVALID_REQUEST"]);
  });

  const nextRequest = (): string =>
    `GET /api/v1/points/history HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${token}\r\n` +
    "connection: close\r\n\r\n";

  it("do not end the connection of a refused request when they came with its headers", async () => {
    const refused = head(`content-length: ${CHARGE.length}`).replace(token, "wrong");
    const unsupported = head("content-encoding: gzip", `content-length: ${CHARGE.length}`);
    const all = [refused, CHARGE, unsupported, CHARGE, nextRequest()].join("");
    expect(statusesIn(await (await open(all)).ended)).to.deep.equal([401, 415, 200]);
  });

  it("that are too large do not block the next request of the connection", async () => {
    const connection = await open(head("transfer-encoding: chunked"));
    connection.socket.write(chunked(Buffer.from(padded(64 * KIB)), Buffer.alloc(96 * KIB, " ")));
    connection.socket.write(nextRequest());
    // The answer ends the connection unless the whole body has arrived by then.
    expect(statusesIn(await connection.ended).join()).to.be.oneOf(["413", "413,200"]);
  });

  it("are lost without a trace when the client leaves in the middle", async () => {
    const leaving = await open(
      `${head(`content-length: ${CHARGE.length}`, "expect: 100-continue")}`,
    );
    await leaving.matched(/ 100 Continue/);
    leaving.socket.write(CHARGE.slice(0, 5));
    leaving.socket.resetAndDestroy();
    const { data } = await charge({ raw: CHARGE });
    expect(data).to.deep.equal({ currentPoints: 5 });
  });
});
