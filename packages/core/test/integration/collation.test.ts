import { expect } from "chai";
import fc from "fast-check";
import { folded, isSameText } from "../../src/adapters/memory/database/collation.ts";
import { dropTestStack, newTestStack, runSql, type TestStack } from "../support/testStack.ts";

/** Number of characters in one statement; the whole plane takes sixteen statements. */
const CHARACTERS_MAX = 4_096;
const PLANE_END = 0x10000;

/** Each character of the Basic Multilingual Plane, and some beyond it. */
function allCharacters(): string[] {
  const characters = ["\u{10000}", "\u{1F3B8}", "\u{1F3B9}", "\u{10FFFF}"];
  for (let code = 0; code < PLANE_END; code += 1) {
    const character = String.fromCharCode(code);
    if (character.isWellFormed()) characters.push(character);
  }
  return characters;
}

/** The weights of the text on the server, as one character of the plane for each character. */
async function weightsOf(stack: TestStack, text: string): Promise<string[]> {
  const [row] = await runSql(
    stack,
    `SELECT HEX(WEIGHT_STRING(CONVERT(? USING utf8mb4) COLLATE utf8mb4_general_ci)) AS weights`,
    [text],
  );
  const weights = String(row?.weights).match(/.{4}/g) ?? [];
  return weights.map((weight) => String.fromCharCode(Number.parseInt(weight, 16)));
}

const PAIRS = 500;
/** Texts on which collations differ, with the effects of LIKE and of spaces at the end. */
const TRICKY = [..."sSßſ éeEЙии́kK\u212aﬁfiıİIØO한하がか\u{1F3B8}\u{1F3B9}\ufffd\t _-"];

function somePairs(): [string, string][] {
  const text = (maxLength: number) =>
    fc.string({ unit: fc.constantFrom(...TRICKY), minLength: 1, maxLength });
  return fc.sample(fc.tuple(text(3), text(1)), { numRuns: PAIRS, seed: 1 });
}

const GENERAL_CI = "CONVERT(? USING utf8mb4) COLLATE utf8mb4_general_ci";

/** Whether the two texts are equal, and whether one contains the other. */
async function comparedBy(stack: TestStack, pairs: readonly (readonly [string, string])[]) {
  const columns = pairs.map(
    (_pair, at) => `${GENERAL_CI} = CONVERT(? USING utf8mb4) AS same${at},
      ${GENERAL_CI} LIKE CONCAT('%', REPLACE(?, '_', '|_'), '%') ESCAPE '|' AS part${at}`,
  );
  const values = pairs.flatMap((pair) => [...pair, ...pair]);
  const [row] = await runSql(stack, `SELECT ${columns.join(", ")}`, values);
  return pairs.map((pair, at) => [...pair, row?.[`same${at}`] === 1, row?.[`part${at}`] === 1]);
}

describe("collation of the in-memory database, compared with MySQL", () => {
  let stack: TestStack;
  before("connects to the server", async () => {
    const made = await newTestStack();
    stack = { ...made, env: { ...made.env, MYSQL_URL: serverOf(made) } };
  });
  after(() => dropTestStack(stack));

  it("has the weight of utf8mb4_general_ci for each character", async () => {
    const characters = allCharacters();
    const different: string[] = [];
    for (let start = 0; start < characters.length; start += CHARACTERS_MAX) {
      const part = characters.slice(start, start + CHARACTERS_MAX);
      const weights = await weightsOf(stack, part.join(""));
      expect(weights).to.have.length(part.length);
      different.push(...part.filter((character, at) => folded(character) !== weights[at]));
    }
    expect(different).to.deep.equal([]);
  });

  it("compares and searches texts as utf8mb4_general_ci does", async () => {
    const pairs = somePairs();
    const inMemory = pairs.map(([one, other]) => [
      one,
      other,
      isSameText(one, other),
      folded(one).includes(folded(other)),
    ]);
    expect(inMemory).to.deep.equal(await comparedBy(stack, pairs));
    for (const at of [2, 3]) {
      expect(inMemory.filter((pair) => pair[at] === true)).to.have.length.above(PAIRS / 100);
    }
  });
});

/** The URL of the server without a database, which these tests do not need. */
function serverOf({ env }: TestStack): string {
  const url = new URL(env.MYSQL_URL ?? "");
  url.pathname = "/";
  return url.href;
}
