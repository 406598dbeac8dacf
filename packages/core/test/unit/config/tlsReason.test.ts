import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { tlsReason } from "../../../src/adapters/shared/tlsReason.ts";
import type { TlsConfig } from "../../../src/config/tlsSettings.ts";
import { systemClock } from "../../../src/shared/clock.ts";
import { type Certificates, makeCertificates } from "../../support/certificates.ts";

describe("the reason of a TLS handshake that failed", () => {
  let folder: string;
  let certificates: Certificates;
  before("makes certificates", async () => {
    folder = mkdtempSync(join(tmpdir(), "onsale-reason-"));
    certificates = await makeCertificates(folder);
  });
  after("removes them", () => rmSync(folder, { recursive: true }));

  const reasonWith = (ca: string | undefined, reason: string) => {
    const tls: TlsConfig = { mode: "verify-full", ca, cert: undefined, key: undefined };
    return tlsReason(systemClock, "MYSQL", tls, reason);
  };
  const EXPIRED = "certificate has expired";

  it("says whether the authority or the certificate of the server has expired", () => {
    const { ca, expiredCa } = certificates;
    for (const text of [expiredCa, `${ca}\n${expiredCa}`]) {
      expect(reasonWith(text, EXPIRED))
        .to.include("MYSQL_TLS_CA has a certificate that was valid until")
        .and.include("2020");
    }
    for (const text of [ca, undefined]) {
      expect(reasonWith(text, EXPIRED)).to.include("of the server; MYSQL_TLS=verify-full checks");
    }
  });

  it("names MYSQL_TLS_CERT when the server refused the certificate of this client", () => {
    const alert =
      "402D:error:0A000415:SSL routines:ssl3_read_bytes:ssl/tls alert certificate expired:" +
      "../deps/openssl/openssl/ssl/record/rec_layer_s3.c:918:SSL alert number 45\n";
    expect(reasonWith(undefined, alert)).to.equal(
      "the server refuses the certificate of this client, MYSQL_TLS_CERT: certificate expired",
    );
    expect(reasonWith(undefined, "tlsv1 alert unknown ca:../deps")).to.include("unknown ca");
  });

  it("leaves other reasons, and those of plain connections, as they are", () => {
    expect(reasonWith(undefined, "connect ECONNREFUSED")).to.equal("connect ECONNREFUSED");
    expect(tlsReason(systemClock, "MYSQL", undefined, EXPIRED)).to.equal(EXPIRED);
  });
});
