import { readFile } from "node:fs/promises";
import { Ajv } from "ajv";
import { expect } from "chai";
import { load } from "js-yaml";
import { eventViews } from "../eventViews.ts";
import { generatedEventDocs } from "../writeEventDocs.ts";

const SPECIFICATION = new URL(import.meta.resolve("@asyncapi/specs/schemas/3.0.0.json"));

describe("the generated event documents", () => {
  for (const { url, content } of generatedEventDocs()) {
    it(`are committed as generated: ${url.pathname.split("/").at(-1)}`, async () => {
      const committed = await readFile(url, "utf8");
      expect(committed === content, "run `pnpm docs:events`").to.equal(true);
    });
  }

  it("form an AsyncAPI 3.0 document that the specification's schema accepts", async function () {
    // Longer than usual: the schema has 300 kB, and compiling it takes seconds on a busy machine.
    this.timeout(30_000);
    const ajv = new Ajv({
      strict: false,
      meta: false,
      validateSchema: false,
      validateFormats: false,
    });
    const isValid = ajv.compile(JSON.parse(await readFile(SPECIFICATION, "utf8")));
    const yaml = generatedEventDocs().find(({ url }) => url.pathname.endsWith(".yaml"));
    const document = load(yaml?.content ?? "");
    expect(isValid(document), JSON.stringify(isValid.errors?.slice(0, 3))).to.equal(true);
    expect(isValid({ ...Object(document), asyncapi: "2.6.0" }), "another version").to.equal(false);
  });

  it("resolve every reference within the AsyncAPI document", () => {
    const yaml = generatedEventDocs().find(({ url }) => url.pathname.endsWith(".yaml"));
    const document = load(yaml?.content ?? "");
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = ""]) => path);
    expect(references).to.not.deep.equal([]);
    for (const path of references) {
      let node: unknown = document;
      for (const key of path.split("/")) node = Object(node)[key];
      expect(node, path).to.be.an("object");
    }
  });

  for (const { type, valueSchema, example } of eventViews()) {
    it(`have a JSON Schema that accepts the example of ${type}, and requires each field`, () => {
      const isValid = new Ajv({ validateFormats: false }).compile(valueSchema);
      expect(isValid(example), JSON.stringify(isValid.errors)).to.equal(true);
      expect(isValid({ ...example, added: 1 }), "a field of a later version").to.equal(true);
      for (const field of Object.keys(example)) {
        expect(isValid({ ...example, [field]: undefined }), field).to.equal(false);
      }
    });
  }
});
