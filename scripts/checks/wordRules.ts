import type { Finding, SourceText } from "./finding.ts";

interface WordRule {
  readonly pattern: RegExp;
  /** The words to write instead. */
  readonly advice: string;
}

/** Words that make a reader search for the noun, or that have a plainer word in this product. */
const WORDS: readonly WordRule[] = [
  { pattern: /\btraps? \d+\b/i, advice: "state the reason instead of a number in a list" },
  { pattern: /\bwhoever\b/i, advice: "name the caller, the process or the buyer" },
  {
    pattern: /\b([Ss]omebody|[Nn]obody)( else)?\b/,
    advice: "name the buyer, the process or the caller",
  },
  { pattern: /\bthose who\b/i, advice: "name the buyers, the processes or the callers" },
  { pattern: /\bthe one that\b/i, advice: "repeat the noun" },
  { pattern: /\bwhat became of\b/i, advice: 'write "the outcome of"' },
  { pattern: /\bcom(e|es|ing) to rest\b/i, advice: 'write "ends" or "stops"' },
  {
    pattern: /\b(tells?|told|telling)\b/i,
    advice: 'write "returns", "shows", "says" or "reports"',
  },
  { pattern: /\bstands\b/i, advice: 'write "is", "exists" or "remains"' },
  { pattern: /\b(is|are|be|was|were|being) away\b/i, advice: 'write "does not answer"' },
  { pattern: /\b(fast memory|queue's memory)\b/i, advice: 'write "Redis" or "Redis state"' },
  { pattern: /\bseeding\b/i, advice: 'write "rebuild"; a seed is the number of a simulation' },
  {
    pattern: /\b(weather|fates?|misfortunes?)\b/i,
    advice: 'write "fault profile" or "call fault"',
  },
  { pattern: /\b(referee|errands?)\b/i, advice: 'write "checker" or "session"' },
  { pattern: /\b(news|heeds?|heeded)\b/i, advice: 'write "outbox message", "event" or "blocks"' },
];

/**
 * A comment that begins with a pronoun has no subject. A label such as "Who decides:" is allowed.
 */
const OPENING: WordRule = {
  pattern: /^\s*(\/\/|\/\*\*?|\*|--)\s+(Who|What|Whose|Whoever|Nobody|Somebody)\s(?!.*:$)/,
  advice: "begin the comment with its subject: a noun of the code or the domain",
};

/** Files that are not checked: they contain the words as examples, or other people wrote them. */
const exempt = /^(scripts\/checks\/|CODE_OF_CONDUCT|patches\/)/;
const isProse = (path: string): boolean => /\.(ts|lua|md|ya?ml)$/.test(path) || !/\./.test(path);

/** Finds the words that the house language bans, in code, comments, texts and documents. */
export function checkWords({ path, text }: SourceText): Finding[] {
  if (exempt.test(path) || !isProse(path)) return [];
  const rules = path.endsWith(".md") ? WORDS : [...WORDS, OPENING];
  return text.split("\n").flatMap((line, index) =>
    rules.flatMap(({ pattern, advice }) => {
      const word = pattern.exec(line)?.[0].trim();
      if (word === undefined) return [];
      return [{ path, line: index + 1, rule: "plain-words", advice: `"${word}": ${advice}` }];
    }),
  );
}
