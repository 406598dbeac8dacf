import { expect } from "chai";
import { statusesIn } from "../support/rawConnection.ts";
import { useImpatientServer } from "../support/useImpatientServer.ts";

const HOST = "Host: a";
const CONCERTS = "/api/v1/concerts";
const HEADERS_MALFORMED: Record<string, readonly string[]> = {
  "no Host": [],
  "two Hosts": [HOST, "Host: b"],
  "two equal Hosts": [HOST, "host: a"],
  "a blank in Host": ["Host: a b"],
  "a path in Host": ["Host: a/b"],
  "a user in Host": ["Host: a@b"],
  "an open bracket in Host": ["Host: [::1"],
  "no IPv6 address in brackets": ["Host: [::g]"],
  "a port above 65535 in Host": ["Host: a:65536"],
  "a port that is not a number in Host": ["Host: a:x"],
  "a transfer coding that the server would not undo": [HOST, "Transfer-Encoding: gzip, chunked"],
  "bytes above ASCII in Host": ["Host: \u00ff"],
};
const HEADERS_CORRECT = ["Host: a", "Host: a:80", "Host: a:", "Host: [::1]:8080", "Host:"];
const TARGETS_MALFORMED = [
  "http://[/",
  "http://[",
  "http://a:99999/",
  `http://a:99999${CONCERTS}`,
  "http://a:b/",
  "http://",
  `http://${CONCERTS}`,
  `http://a@b${CONCERTS}`,
  "http://%zz/",
  "ftp://a/",
  "*",
  "%zz",
  "a",
  "?a",
  "/a\u0001b",
  "/a\u007fb",
];

describe("requests that HTTP forbids", () => {
  const { start, open, logged } = useImpatientServer();

  async function answerTo(
    target: string,
    headers: readonly string[] = [HOST],
    version = "1.1",
  ): Promise<string> {
    const lines = [`GET ${target} HTTP/${version}`, ...headers, "Connection: close", "", ""];
    return (await open(lines.join("\r\n"))).ended;
  }

  function expectMalformed(answer: string): void {
    expect(statusesIn(answer)).to.deep.equal([400]);
    expect(answer).to.include("application/problem+json").and.include('"code":"MALFORMED_HTTP"');
  }

  for (const target of TARGETS_MALFORMED) {
    it(`are refused with the target ${JSON.stringify(target)}`, async () => {
      await start();
      expectMalformed(await answerTo(target));
    });
  }

  for (const [name, headers] of Object.entries(HEADERS_MALFORMED)) {
    it(`are refused with ${name}`, async () => {
      await start();
      expectMalformed(await answerTo(CONCERTS, headers));
      expectMalformed(await answerTo("/health/live", headers));
    });
  }

  it("are refused with two Hosts in HTTP/1.0, where none is needed", async () => {
    await start();
    expectMalformed(await answerTo(CONCERTS, [HOST, HOST], "1.0"));
    expect(statusesIn(await answerTo(CONCERTS, [], "1.0"))).to.deep.equal([200]);
  });

  it("do not include requests with a correct Host, a complete URL or an odd path", async () => {
    await start();
    for (const header of HEADERS_CORRECT) {
      expect(statusesIn(await answerTo(CONCERTS, [header])), header).to.deep.equal([200]);
    }
    const urls = [`http://a:80${CONCERTS}?limit=1`, `HTTP://[::1]${CONCERTS}`];
    for (const url of urls) expect(statusesIn(await answerTo(url)), url).to.deep.equal([200]);
    for (const path of ["//", "//[", "/%zz", "http://a", "http://a?x=1"]) {
      expect(statusesIn(await answerTo(path)), path).to.deep.equal([404]);
    }
  });

  it("count against the allowance of their address, and are logged", async () => {
    await start({ RATE_LIMIT_ADDRESS_PER_SECOND: "3" });
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => answerTo("http://[/?token=hush-hush")),
    );
    const statuses = answers.flatMap(statusesIn);
    expect(statuses.filter((status) => status === 400).length).to.be.within(3, 9);
    expect(statuses).to.include(429);
    const lines = logged().filter(({ fields }) => fields.event === "http.answered");
    expect(lines.length).to.equal(12);
    const refused = lines.find(({ fields }) => fields.status === 400);
    expect(refused?.fields).to.include({ path: "/(unreadable)", code: "MALFORMED_HTTP" });
    expect(JSON.stringify(logged())).not.to.include("hush-hush");
  });
});
