import { createServer, type Server } from "node:http";
import { expect } from "chai";
import {
  RushTargetError,
  requireReadyApis,
  requireSameData,
} from "../../../src/rush/rushTarget.ts";

describe("the target of a rush", () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /** A server that answers each path with this text, else with 404. */
  async function serve(answers: Readonly<Record<string, string>>): Promise<string> {
    const server = createServer(({ url = "" }, response) => {
      const text = answers[url];
      response.statusCode = text === undefined ? 404 : 200;
      response.end(text ?? "<h1>Not found</h1>");
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the server has no port");
    return `http://127.0.0.1:${address.port}`;
  }

  const readyServer = (status: string, more: Readonly<Record<string, string>> = {}) =>
    serve({ "/health/ready": JSON.stringify({ data: { status, durable: true } }), ...more });

  async function refusalOf(checked: Promise<void>): Promise<string> {
    const failure: unknown = await checked.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!(failure instanceof RushTargetError)) throw new Error("the target was accepted");
    return failure.message;
  }

  it("is accepted when every API is ready", async () => {
    await requireReadyApis([await readyServer("ready"), await readyServer("ready")]);
  });

  it("is refused when a URL has no API, another server, or an API that is not ready", async () => {
    const good = await readyServer("ready");
    const other = await serve({});
    const draining = await readyServer("draining");
    const nothing = "http://127.0.0.1:1";
    expect(await refusalOf(requireReadyApis([good, nothing]))).to.include("no API answers");
    expect(await refusalOf(requireReadyApis([other]))).to.include("is not an Onsale API");
    expect(await refusalOf(requireReadyApis([draining]))).to.include("is draining");
  });

  it("is refused with the cause of the failed request", async () => {
    const nothing = requireReadyApis(["http://127.0.0.1:2"]);
    const failure: unknown = await nothing.catch((error: unknown) => error);
    if (!(failure instanceof RushTargetError && failure.cause instanceof Error)) {
      throw new Error("the failure has no cause");
    }
    expect(failure.cause.message).to.include("ECONNREFUSED");
  });

  it("is refused when the API does not list the concert of the rush", async () => {
    const path = "/api/v1/concerts?concertName=Rush%207";
    const listing = (ids: readonly number[]) =>
      readyServer("ready", {
        [path]: JSON.stringify({ data: { concerts: ids.map((id) => ({ id })) } }),
      });
    const concert = { id: 4, title: "Rush 7" };
    await requireSameData([await listing([3, 4])], concert);
    for (const ids of [[], [3]]) {
      const refusal = await refusalOf(requireSameData([await listing(ids)], concert));
      expect(refusal).to.include("another database");
    }
  });
});
