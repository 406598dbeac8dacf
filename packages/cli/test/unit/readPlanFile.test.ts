import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { newConcertSchema } from "@onsale/core";
import { expect } from "chai";
import { CliError } from "../../src/cliError.ts";
import { readPlanFile } from "../../src/concert/readPlanFile.ts";

const SAMPLE = fileURLToPath(
  new URL("../../../../docs/operate/examples/concert.yaml", import.meta.url),
);
const PERFORMANCE = { startsAt: "2031-05-06T19:30:00Z", venue: "Hall" };
const CONCERT = { title: "Rush", singer: "Ada" };

describe("readPlanFile", () => {
  let folder = "";
  beforeEach("makes a folder", async () => {
    folder = await mkdtemp(join(tmpdir(), "onsale-plan-"));
  });
  afterEach("removes the folder", () => rm(folder, { recursive: true }));

  async function write(name: string, content: unknown): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  }
  async function failureOf(file: string): Promise<CliError> {
    const failure: unknown = await readPlanFile(file, "concert").catch((error: unknown) => error);
    if (!(failure instanceof CliError)) throw new Error("the file has no mistake");
    return failure;
  }
  const refusalOf = async (file: string): Promise<string> => (await failureOf(file)).message;
  const withSeats = (csv: string) =>
    Promise.all([
      write("seats.csv", csv),
      write("concert.json", {
        ...CONCERT,
        performances: [{ ...PERFORMANCE, seatsFile: "seats.csv" }],
      }),
    ]).then(([, file]) => file);

  it("reads the sample of the documentation with its CSV file", async () => {
    const { performances } = newConcertSchema.parse(await readPlanFile(SAMPLE, "concert"));
    expect(performances[1]?.sections).to.deep.equal([
      { name: "Floor", price: 150, rows: { A: "1-3" } },
      { name: "Floor", price: 120, rows: { B: "1-2" } },
      { name: "Bar", price: 60, rows: { T1: "1-2" } },
    ]);
  });

  it("reads free seats, and the column of accessible seats when the file has it", async () => {
    const file = await withSeats(
      "section,row,seat,price,accessible\nFloor,A,1,0,\nFloor,A,2,0,yes\nFloor,A,3,0,NO\n",
    );
    const { performances } = newConcertSchema.parse(await readPlanFile(file, "concert"));
    expect(performances[0]?.sections).to.deep.equal([
      { name: "Floor", price: 0, rows: { A: "1,3" } },
      { name: "Floor", price: 0, accessible: true, rows: { A: "2" } },
    ]);
    const unclear = await withSeats("section,row,seat,price,accessible\nFloor,A,1,5,maybe\n");
    expect(await refusalOf(unclear)).to.include('seats.csv:2: "maybe" is neither yes nor no');
  });

  it("names the line of a syntax error in YAML", async () => {
    const file = await write("concert.yaml", "title: Rush\nsinger: [Ada\nperformances: []\n");
    expect(await refusalOf(file)).to.match(/concert\.yaml:[234]: /);
  });

  it("refuses a JSON file that has a field twice", async () => {
    for (const text of ['{"title":"A","title":"B"}', '{"a":[{"r":1,"\\u0072":2}]}']) {
      const file = await write("concert.json", text);
      expect(await refusalOf(file), text).to.include("a field twice");
    }
  });

  it("reads names in composed form", async () => {
    const file = await withSeats("section,row,seat,price\nRange\u0301e,E\u0301,1e\u0301,100\n");
    const { performances } = newConcertSchema.parse(await readPlanFile(file, "concert"));
    expect(performances[0]?.sections).to.deep.equal([
      { name: "Rang\u00e9e", price: 100, rows: { "\u00c9": "1\u00e9" } },
    ]);
  });

  it("names a field that a YAML file has twice", async () => {
    const file = await write("concert.yaml", "title: Rush\ntitle: Rush\n");
    expect(await refusalOf(file)).to.match(/concert\.yaml:2: duplicate/i);
  });

  describe("with aliases in YAML", () => {
    const lines = (...text: readonly string[]) => `title: Rush\nsinger: Ada\n${text.join("\n")}\n`;
    const rows = (level: number) => `[${Array(9).fill(`*a${level}`).join(", ")}]`;

    it("reads sections that two performances share", async () => {
      const performance = (sections: string) =>
        `- { startsAt: "2031-05-06T19:30:00Z", venue: Hall, sections: ${sections} }`;
      const hall = performance("&hall [{ name: Floor, price: 1, rows: { A: 20 } }]");
      const text = lines("performances:", hall, performance("*hall"));
      const plan = await readPlanFile(await write("concert.yaml", text), "concert");
      expect(newConcertSchema.parse(plan).performances[1]?.sections).to.have.length(1);
    });

    it("refuses a few lines that stand for billions of values, within a second", async () => {
      const levels = Array.from({ length: 9 }, (_one, n) => `a${n + 1}: &a${n + 1} ${rows(n)}`);
      const bomb = lines("a0: &a0 [1, 2, 3]", ...levels, "performances: *a9");
      const failure = await failureOf(await write("concert.yaml", bomb));
      expect(failure).to.include({ code: "FILE_TOO_LARGE", exitCode: 2 });
      expect(failure.message).to.include("aliases stand for more than 200000 values");
    }).timeout(1_000);

    it("refuses a value that contains itself", async () => {
      const file = await write("concert.yaml", lines("performances: &a [*a]"));
      expect(await failureOf(file)).to.have.property("code", "FILE_TOO_LARGE");
    });

    it("refuses more than 1,000 aliases", async () => {
      const many = lines("a: &a 1", `performances: [${Array(1001).fill("*a").join(", ")}]`);
      const failure = await failureOf(await write("concert.yaml", many));
      expect(failure).to.have.property("code", "FILE_TOO_LARGE");
      expect(failure.message).to.include("more than 1000 aliases");
    });
  });

  it("refuses a file without an end", async () => {
    expect(await failureOf("/dev/zero")).to.have.property("code", "FILE_TOO_LARGE");
  });

  it("lists all mistakes of a JSON file with their paths", async () => {
    const file = await write("concert.json", { singer: 5, performances: [PERFORMANCE, {}] });
    const message = await refusalOf(file);
    for (const path of ["title", "singer", "performances.0.sections", "performances.1.venue"]) {
      expect(message).to.include(`concert.json: ${path}: `);
    }
  });

  it("lists a seats file that does not exist beside the other mistakes", async () => {
    const sections = [{ name: "Floor", price: -1, rows: { A: 2 } }];
    const file = await write("concert.json", {
      ...{ title: "Rush", quee: "main" },
      performances: [
        { ...PERFORMANCE, seatsFile: "none.csv" },
        { ...PERFORMANCE, sections },
      ],
    });
    const message = await refusalOf(file);
    expect(message).to.match(/concert\.json has 4 mistakes:/);
    expect(message).to.match(/performances\.0\.seatsFile: .*none\.csv cannot be read: ENOENT/);
    expect(message).to.include("performances.1.sections.0.price: must be at least 0\n");
    expect(message).to.include("singer: is missing").and.include('"quee"');
  });

  it("lists all mistakes of a CSV file with their lines", async () => {
    const file = await withSeats(
      "section,row,seat,price\nFloor,A,1,100\n,A,2,100\nFloor,,3,100\nFloor,A,4-5,100\n" +
        '"Floor",A,6,1.5\nFloor,A,1,100\n',
    );
    expect((await refusalOf(file)).split("\n").slice(1)).to.deep.equal([
      "  seats.csv:3: the section is empty",
      "  seats.csv:4: the row is empty",
      '  seats.csv:5: "4-5" is not a seat; a seat has letters and digits only',
      '  seats.csv:6: "1.5" is not a price; a price is a whole number of points',
      "  seats.csv:7: the same seat is on line 2",
    ]);
  });

  it("names the line of a CSV file with an invisible character", async () => {
    const file = await withSeats(
      "section,row,seat,price\nFloor,A,1,100\nFl\u200boor,A,2,100\nFloor,\u202eA,3,100\n",
    );
    expect((await refusalOf(file)).split("\n").slice(1)).to.deep.equal([
      "  seats.csv:3: the section has the invisible character U+200B at position 3; leave it out",
      "  seats.csv:4: the row has the invisible character U+202E at position 1; leave it out",
    ]);
  });

  for (const [name, csv, reason] of [
    ["another header", "section,row,price\nFloor,A,1\n", "seats.csv:1: the first line names"],
    ["no seat", "section,row,seat,price\n", "the file has no seat"],
    ["a short line", "section,row,seat,price\nFloor,A,1\n", "seats.csv:2: "],
    ["an open quote", 'section,row,seat,price\nFloor,A,"1,5\n', "seats.csv:2: "],
  ] as const) {
    it(`refuses a CSV file with ${name}`, async () => {
      expect(await refusalOf(await withSeats(csv))).to.include(reason);
    });
  }

  it("reads 200,000 seats, shortens them, and shows at most 100 mistakes", async () => {
    const line = (_unused: unknown, n: number) =>
      `Floor,R${Math.floor(n / 100)},${(n % 100) + 1},100`;
    const lines = Array.from({ length: 200_000 }, line);
    const plan = await readPlanFile(
      await withSeats(["section,row,seat,price", ...lines].join("\n")),
      "concert",
    );
    expect(JSON.stringify(plan).length).to.be.below(40_000);
    const broken = lines.map((text) => text.replace(/100$/, "free"));
    const message = await refusalOf(
      await withSeats(["section,row,seat,price", ...broken].join("\n")),
    );
    expect(message.split("\n")).to.have.length(102);
    expect(message).to.include("has 200000 mistakes").and.include("and 199900 more");
  }).timeout(60_000);

  it("refuses a file that does not exist or is not text", async () => {
    expect(await refusalOf(join(folder, "none.yaml"))).to.include("cannot be read: ENOENT");
    const file = join(folder, "concert.yaml");
    await writeFile(file, Buffer.from([0xff, 0xfe, 0x00]));
    expect(await refusalOf(file)).to.include("cannot be read");
  });
});
