import { expect } from "chai";
import { unreachableNext } from "../../src/installation.ts";

const INSTALLATION = {
  ...{ from: "environment", mysql: "db:3306/onsale", redis: "cache:6379/0", kafka: "k:9092" },
};

describe("the next step when a server does not answer", () => {
  it("names the address of this server only, when the error says which one it is", () => {
    const next = unreachableNext(INSTALLATION, "redis");
    expect(next).to.include("Redis at cache:6379/0").and.include("onsale doctor");
    expect(next).to.not.include("db:3306");
  });

  it("names all addresses for an error that does not say it", () => {
    for (const place of ["db:3306/onsale", "cache:6379/0", "k:9092"]) {
      expect(unreachableNext(INSTALLATION)).to.include(place);
    }
  });
});
