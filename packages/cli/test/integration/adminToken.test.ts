import { adminTokenVerifier } from "@onsale/api/admin-token";
import { expect } from "chai";
import { NO_SERVERS } from "../support/noServers.ts";
import { runOnsale } from "../support/runOnsale.ts";

const SECRET = "only-for-admins-0123456789-0123456789";

describe("onsale admin token", () => {
  const run = (words: readonly string[], secret: string) =>
    runOnsale(["admin", "token", ...words], {
      ...NO_SERVERS,
      ...{ ADMIN_JWT_SECRET: secret, NODE_ENV: "production" },
    });

  it("signs a token that names operator and role, without a server", async () => {
    const { stdout, code } = await run(["--name", "mina", "--role", "viewer", "--quiet"], SECRET);
    expect(code).to.equal(0);
    const verify = adminTokenVerifier(SECRET);
    expect(verify(stdout.trim())).to.deep.equal({ operator: "mina", role: "viewer" });
    expect(() => adminTokenVerifier(`${SECRET}-other`)(stdout.trim())).to.throw();
  });

  it("exits 1 for a name that no audit record can show", async () => {
    for (const name of ["", "mi\u001b[31mna", "x".repeat(101)]) {
      const { stderr, code, stdout } = await run(["--name", name], SECRET);
      expect([code, stdout], name).to.deep.equal([1, ""]);
      expect(stderr).to.include("INVALID_INPUT").and.include("the name of the operator");
    }
  });

  it("exits 3 without a secret, and names the secret that it needs", async () => {
    const { stderr, code, stdout } = await run(["--name", "mina"], "");
    expect([code, stdout]).to.deep.equal([3, ""]);
    expect(stderr).to.include("NO_SIGNING_SECRET").and.include("ADMIN_JWT_SECRET");
  });
});
