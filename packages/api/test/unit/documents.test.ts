import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { apiDocument } from "../../src/openapi/document.ts";
import { documentView } from "../../src/openapi/documentView.ts";
import { OPERATIONS_TAG } from "../../src/openapi/healthPaths.ts";
import { generatedPages } from "../../src/openapi/writeApiDoc.ts";
import { PROBLEMS } from "../../src/problems/problems.ts";
import { ENDPOINTS } from "../../src/routes/endpoints.ts";

describe("the generated documents of the API", () => {
  for (const { url, content } of generatedPages()) {
    it(`are committed as the code generates them: ${url.pathname.split("/").at(-1)}`, async () => {
      const committed = await readFile(url, "utf8");
      expect(committed === content, "run `pnpm --filter @onsale/api run docs`").to.equal(true);
    });
  }

  it("list every endpoint with its fields and its error codes", () => {
    const all = documentView();
    const view = all.filter(({ tag }) => tag !== OPERATIONS_TAG);
    expect(view).to.have.length(ENDPOINTS.length);
    expect(all.length - view.length, "probes").to.equal(3);
    for (const operation of view) {
      expect(operation.refusals.length, operation.id).to.be.above(1);
      expect(operation.answerFields.length === 0, operation.id).to.equal(
        operation.successStatus === "204",
      );
    }
    const reserve = view.find(({ id }) => id === "reserveSeat");
    expect(reserve?.bodyFields.map(({ path }) => path)).to.deep.equal([
      "seatId",
      "seatIds",
      "userId",
    ]);
    expect(reserve?.answerFields.map(({ path }) => path)).to.include("data.seats[].seatNo");
    expect(reserve?.parameters.map(({ path }) => path)).to.deep.equal(["Idempotency-Key"]);
  });

  it("list 304 and its headers only for endpoints whose answers have an ETag", () => {
    const { paths = {} } = apiDocument();
    const conditional = ENDPOINTS.filter(({ path, method }) => {
      const { responses = {}, parameters = [] } = paths[path]?.[method] ?? {};
      const text = JSON.stringify([responses, parameters]);
      expect(text.includes("If-None-Match"), path).to.equal("304" in responses);
      expect(text.includes('"ETag"'), path).to.equal("304" in responses);
      return "304" in responses;
    });
    expect(conditional.map(({ operationId }) => operationId)).to.deep.equal([
      "queueStatusOfUser",
      "myQueueStatus",
      "queueOverview",
      "availableSeats",
    ]);
    const view = documentView().find(({ id }) => id === "myQueueStatus");
    expect(view?.refusals.map(({ status }) => status)).to.not.include("304");
  });

  it("list every error code that an endpoint can answer", () => {
    const text = JSON.stringify(documentView());
    const outsideEndpoints = new Set([
      "MALFORMED_HTTP",
      "EXPECTATION_FAILED",
      "REQUEST_TIMEOUT",
      "HEADERS_TOO_LARGE",
      "ROUTE_NOT_FOUND",
      "METHOD_NOT_ALLOWED",
      "INTERNAL_ERROR",
      // Only the command line reconciles one account, and stops a running job.
      "ACCOUNT_BUSY",
      "JOB_NOT_RUNNING",
    ]);
    for (const code of Object.keys(PROBLEMS)) {
      if (!outsideEndpoints.has(code)) expect(text).to.include(`\`${code}\``);
    }
  });
});
