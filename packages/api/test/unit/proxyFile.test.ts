import { readFileSync } from "node:fs";
import { expect } from "chai";
import { API_PREFIX, ENDPOINTS, routesOf, servedEndpoints } from "../../src/routes/endpoints.ts";
import { isForOperators } from "../../src/routes/operations.ts";
import { testConfig } from "../support/testConfig.ts";

// The proxy of the containers chooses by path, so its file must follow the paths of the API.

const caddyfile = readFileSync(
  new URL("../../../../deploy/proxy/Caddyfile", import.meta.url),
  "utf8",
);

/** Returns whether a path belongs to a matcher, as Caddy compares: exactly, or before `*`. */
function matcher(name: string): (path: string) => boolean {
  const [, patterns = ""] = new RegExp(`@${name} path (.+)$`, "m").exec(caddyfile) ?? [];
  return (path) =>
    patterns
      .split(" ")
      .some((one) => (one.endsWith("*") ? path.startsWith(one.slice(0, -1)) : path === one));
}

const isInside = matcher("inside");
const isWaiting = matcher("waiting");
/** Both forms of a path: most are served with the prefix only, some without it, too. */
const bothForms = (path: string): string[] => [path, API_PREFIX + path];
const pathsOf = (holds: (endpoint: (typeof ENDPOINTS)[number]) => boolean): string[] =>
  ENDPOINTS.filter(holds).flatMap(({ path }) => bothForms(path));

describe("deploy/proxy/Caddyfile and the paths of the API", () => {
  it("hides the metrics", () => {
    const path = "/metrics";
    expect(isForOperators(path)).to.equal(true);
    expect(isInside(path) && isInside(`${path}/`)).to.equal(true);
  });

  it("hides the admin endpoints, and no path of a buyer", () => {
    // Writes of concerts share their paths with reads of buyers. ADMIN_PORT keeps them inside.
    const ofAdmins = pathsOf(({ access, path }) => access === "admin" && !/^\/concerts/.test(path));
    expect(ofAdmins).not.to.be.empty;
    expect(ofAdmins.filter((path) => !isInside(path))).to.be.empty;
    expect(pathsOf(({ access }) => access !== "admin").filter(isInside)).to.be.empty;
  });

  it("sends the requests that a process for waiting buyers serves there, and no others", () => {
    const config = testConfig({ STACK: "embedded" });
    const table = routesOf(servedEndpoints(config, { role: "queue", surface: "main" }));
    for (const { method, path } of ENDPOINTS) {
      for (const form of bothForms(path)) {
        const route = form.replaceAll(/\{\w+\}/g, "main");
        const serves = table.find(method.toUpperCase(), route) !== undefined;
        if (serves) expect(isWaiting(route), `${method} ${route}`).to.equal(true);
        else if (form.startsWith(API_PREFIX)) {
          expect(isWaiting(route), `${method} ${route}`).to.equal(false);
        }
      }
    }
  });
});
