import { expect } from "chai";
import { maskSecrets } from "../../../src/shared/maskSecrets.ts";

const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.dBjftJeZ4CVPmB92K27uhbUJU1p1rwW1gFWFOEjXk";

const SECRETS: readonly (readonly [string, string])[] = [
  [`asked with ${JWT}`, "asked with ***"],
  [`curl -H "Authorization: Bearer ${JWT}"`, 'curl -H "Authorization: ***"'],
  ["curl -H 'authorization: bearer abcdef0123456789' x", "curl -H 'authorization: ***' x"],
  ["used Bearer 0123456789abcdef", "used Bearer ***"],
  ["Basic dXNlcjpwYXNzd29yZA==", "Basic ***"],
  ["password=hunter2", "password=***"],
  ["DB_PASSWORD='two words' now", "DB_PASSWORD=*** now"],
  ["the password: hunter2, then", "the password: ***, then"],
  ['{"client_secret": "abc", "id": 5}', '{"client_secret": ***, "id": 5}'],
  ["?a=1&access_token=abc&b=2", "?a=1&access_token=***&b=2"],
  ["QUEUE_TOKEN_KEYS=one:abc", "QUEUE_TOKEN_KEYS=***"],
  ["QUEUE_TOKEN_KEYS=k2:abc,k1:def onsale", "QUEUE_TOKEN_KEYS=*** onsale"],
  ["MYSQL_PASSWORD=a;b,c, then", "MYSQL_PASSWORD=***, then"],
  ["Cookie: sid=abc; csrf=def", "Cookie: ***"],
  ["curl -H 'cookie: sid=abc;csrf=def' x", "curl -H 'cookie: ***' x"],
  ["x-api-key: 12345", "x-api-key: ***"],
  ["psql --password hunter2 -h db", "psql --password *** -h db"],
  ["mysql://root:hunter2@db:3306/onsale", "mysql://root:***@db:3306/onsale"],
  ["redis://:hunter2@cache/0", "redis://:***@cache/0"],
  ["mysql://root:p@ss@db/onsale", "mysql://root:***@db/onsale"],
  ["mysql://root:pa/ss@db/onsale", "mysql://root:***@db/onsale"],
  ["https://ghp_0123456789abcdefghij@github.com/x", "https://***@github.com/x"],
  ["https://hooks.slack.com/services/T0/B0/XX", "https://hooks.slack.com/***"],
  ["-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", "***"],
];

const HARMLESS = [
  ...["The bearer token has expired", "basic authentication fails", "Basic Authentication fails"],
  ...["see https://wiki.example.com:8443/runbooks/queue-lost#step-2", "ask ada@example.com"],
  ...["queue:main is stuck since 12:30", "secrets were rotated", "user 5 paid 100 points twice"],
  ...["onsale queue evict 7 --queue main --reason 'lost his place'", "상담 요청, 티켓 #42"],
];

describe("maskSecrets", () => {
  for (const [text, masked] of SECRETS) {
    it(`masks ${JSON.stringify(masked)}`, () => {
      expect(maskSecrets(text)).to.equal(masked);
      expect(maskSecrets(masked)).to.equal(masked);
    });
  }

  for (const text of HARMLESS) {
    it(`keeps ${text}`, () => expect(maskSecrets(text)).to.equal(text));
  }

  it("takes little time for a long text", () => {
    for (const text of ["a".repeat(100_000), "//:".repeat(30_000), "token ".repeat(20_000)]) {
      expect(maskSecrets(text)).to.equal(text);
    }
    for (const text of [`cookie: ${"a=b;".repeat(30_000)}`, `token=${",a".repeat(50_000)}`]) {
      expect(maskSecrets(text)).to.match(/(cookie: |token=)\*\*\*$/);
    }
  }).timeout(2_000);
});
