import { expect } from "chai";
import { routeMissing, routeTable } from "../../src/http/routeTable.ts";
import { MethodNotAllowedError, RouteNotFoundError } from "../../src/problems/errors.ts";
import { API_PREFIX, ENDPOINTS, servedRoutes } from "../../src/routes/endpoints.ts";
import { testConfig } from "../support/testConfig.ts";

const table = routeTable(ENDPOINTS, API_PREFIX);

/** The operation that serves a request; undefined when there is none. */
function operationOf(method: string, path: string): string | undefined {
  return table.find(method, path)?.endpoint.operationId;
}

describe("routeTable", () => {
  it("finds every endpoint below the prefix", () => {
    for (const { operationId, method, path } of ENDPOINTS) {
      const asked = API_PREFIX + path.replaceAll(/\{\w+\}/g, "7");
      expect(operationOf(method.toUpperCase(), asked), asked).to.equal(operationId);
    }
  });

  it("finds an endpoint without the prefix only when the specification names it", () => {
    expect(operationOf("POST", "/payment/pay")).to.equal("pay");
    expect(operationOf("DELETE", "/queue/tokens/me")).to.equal(undefined);
  });

  it("decodes the fields of a path, and keeps a field that cannot be decoded", () => {
    const paramsOf = (path: string) => table.find("GET", path)?.params;
    expect(paramsOf("/concerts/7/available-seats")).to.deep.equal({ concertOptionId: "7" });
    expect(paramsOf("/concerts/%41/available-seats")).to.deep.equal({ concertOptionId: "A" });
    expect(paramsOf("/concerts/%zz/available-seats")).to.deep.equal({ concertOptionId: "%zz" });
  });

  it("returns the path template with its prefix", () => {
    const route = "/api/v1/concerts/{concertId}/available-dates";
    expect(table.find("GET", "/api/v1/concerts/7/available-dates")?.route).to.equal(route);
  });

  it("compares the case of a path, and ignores one slash at its end", () => {
    expect(operationOf("POST", "/payment/pay/")).to.equal("pay");
    expect(operationOf("POST", "/Payment/PAY")).to.equal(undefined);
    expect(operationOf("GET", "/API/v1/concerts/7/available-dates")).to.equal(undefined);
    expect(operationOf("POST", "/payment/pay//")).to.equal(undefined);
  });

  it("serves HEAD like GET, and each other method only as itself", () => {
    expect(operationOf("HEAD", "/concerts")).to.equal("listConcerts");
    expect(operationOf("OPTIONS", "/concerts")).to.equal(undefined);
  });

  it("lists the methods of a path, and none for an unknown path", () => {
    expect(table.methodsOf("/api/v1/queue/tokens/me")).to.deep.equal(["HEAD", "GET", "DELETE"]);
    expect(table.methodsOf("/nothing")).to.deep.equal([]);
    expect(routeMissing(["GET", "GET"])).to.be.instanceOf(MethodNotAllowedError);
    expect(routeMissing([])).to.be.instanceOf(RouteNotFoundError);
  });

  it("contains the development issuer only when the configuration turns it on", () => {
    const find = (env: Readonly<Record<string, string>>) =>
      servedRoutes(testConfig(env)).find("POST", `${API_PREFIX}/users`);
    expect(find({ DEV_ISSUER: "true" })?.endpoint.operationId).to.equal("createUser");
    expect(find({ DEV_ISSUER: "false" })).to.equal(undefined);
  });
});
