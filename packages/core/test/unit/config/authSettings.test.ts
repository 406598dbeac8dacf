import { expect } from "chai";
import { GOOD_SETTINGS, problemsOf } from "../../support/goodSettings.ts";

describe("the settings of an issuer with a key set", () => {
  const JWKS = { ...GOOD_SETTINGS, AUTH_JWKS_URL: "https://issuer.example/keys" };

  it("require an issuer and an audience beside a key set", () => {
    expect(problemsOf(JWKS)).to.include("AUTH_ISSUER: missing").and.include("AUTH_AUDIENCE");
    const issuer = { AUTH_ISSUER: "https://issuer.example", AUTH_AUDIENCE: "shop" };
    expect(problemsOf({ ...JWKS, ...issuer })).to.equal("");
    expect(problemsOf({ ...JWKS, ...issuer, AUTH_AUDIENCE: "" })).to.include("AUTH_AUDIENCE");
  });

  it("require an audience beside a provider, and no address of its key set", () => {
    const provider = { ...GOOD_SETTINGS, AUTH_OIDC_ISSUER: "https://issuer.example" };
    expect(problemsOf(provider))
      .to.include("AUTH_AUDIENCE: missing")
      .and.not.include("AUTH_ISSUER");
    const complete = { ...provider, AUTH_AUDIENCE: "shop" };
    expect(problemsOf(complete)).to.equal("");
    expect(problemsOf({ ...JWKS, ...complete })).to.include("AUTH_JWKS_URL: leave it out");
    const other = { ...complete, AUTH_ISSUER: "https://other.example" };
    expect(problemsOf(other)).to.include("AUTH_ISSUER: another one");
  });

  it("replace the shared secret", () => {
    const { AUTH_JWT_SECRET: _unused, ...rest } = GOOD_SETTINGS;
    const provider = { AUTH_OIDC_ISSUER: "https://issuer.example", AUTH_AUDIENCE: "shop" };
    expect(problemsOf({ ...rest, ...provider })).to.equal("");
  });
});

describe("the trusted mode", () => {
  const TRUSTED = { ...GOOD_SETTINGS, AUTH_MODE: "trusted" };

  it("starts at an address of this machine", () => {
    for (const HOST of ["127.0.0.1", "127.8.9.1", "::1", "localhost"]) {
      expect(problemsOf({ ...TRUSTED, HOST }), HOST).to.equal("");
    }
  });

  it("needs a confirmation at an address that other machines may reach", () => {
    for (const HOST of ["0.0.0.0", "::", "10.0.0.7", "127.0.0.1.example", "localhost.example"]) {
      expect(problemsOf({ ...TRUSTED, HOST }), HOST).to.include("AUTH_TRUSTED_NETWORK");
      const confirmed = { ...TRUSTED, HOST, AUTH_TRUSTED_NETWORK: "true" };
      expect(problemsOf(confirmed), HOST).to.equal("");
      expect(problemsOf({ ...GOOD_SETTINGS, HOST }), HOST).to.equal("");
    }
  });
});
