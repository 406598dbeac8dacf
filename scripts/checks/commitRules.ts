/** Rules for commit messages. Run by `scripts/checkCommits.ts`. */

const SUBJECT_MAX = 72;
/**
 * The form of a subject, "area: effect". A revert may keep git's own text, which contains the old
 * subject.
 */
const SUBJECT = /^(?:[a-z0-9][a-z0-9 ,./-]*: \S.*|Revert ".+")$/;
/** First words that are not imperative: "added", "fixes", "adding". */
const NOT_IMPERATIVE =
  /^(?:add|chang|fix|remov|updat|mov|renam|delet|us|mak|mad|introduc|improv)(?:ed|s|es|ing|e)$/i;
/** Imperative verbs that end like the words above. */
const IMPERATIVES = new Set("change remove update move rename delete use make".split(" "));
/** Paths that exist on one machine only. */
const MACHINE_PATH =
  /(?:^|[\s"'`(=:])(?:\/(?:home|root|srv|work|Users|mnt|tmp|var\/folders)\/|[A-Za-z]:\\)\S+/;

export interface Commit {
  /** The id in the output: an abbreviated commit id, or the name of the message's file. */
  readonly id: string;
  readonly message: string;
  readonly parentCount: number;
}

/** Returns the problems of a commit message as sentences; empty when there are none. */
export function commitFaults({ message, parentCount }: Commit): readonly string[] {
  const [subject = "", second = ""] = message.split("\n");
  const faults: string[] = [];
  if (parentCount > 1) faults.push("is a merge commit; rebase instead, history stays a line");
  if (subject.length > SUBJECT_MAX) {
    faults.push(`has a subject of ${subject.length} characters; ${SUBJECT_MAX} is the most`);
  }
  if (!SUBJECT.test(subject)) {
    faults.push('has no subject of the form "area: effect", such as "queue: keep the older place"');
  }
  if (subject.endsWith(".")) faults.push("has a subject that ends with a full stop");
  const verb = /: (\S+)/.exec(subject)?.[1] ?? "";
  if (NOT_IMPERATIVE.test(verb) && !IMPERATIVES.has(verb.toLowerCase())) {
    faults.push(`has a subject that says "${verb}"; say what the commit does as an order`);
  }
  if (second.trim() !== "") faults.push("has no empty line between subject and body");
  const path = MACHINE_PATH.exec(message)?.[0].trim();
  if (path !== undefined) faults.push(`names a path of one machine: ${path}`);
  return faults;
}

/**
 * Returns the message that git stores, without comment lines and without the lines after the
 * scissors line.
 */
export function withoutComments(text: string): string {
  const kept = text.split(/^# -+ >8 -+$/m)[0] ?? "";
  return kept
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n")
    .trim();
}
