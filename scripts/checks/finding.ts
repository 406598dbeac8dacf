/** A place in a file that breaks a rule. */
export interface Finding {
  path: string;
  /** 1-based. */
  line: number;
  rule: string;
  /** The problem, and how to solve it. */
  advice: string;
}

/** A tracked file as text. */
export interface SourceText {
  /** The path relative to the repository root, with forward slashes. */
  path: string;
  text: string;
}

/** Prints findings as `path:line`, which editors turn into links; returns the exit code. */
export function report(check: string, findings: readonly Finding[], fileCount: number): number {
  const sorted = [...findings].sort(
    (one, two) => one.path.localeCompare(two.path) || one.line - two.line,
  );
  for (const { path, line, rule, advice } of sorted) {
    console.log(`${path}:${line}  ${rule}: ${advice}`);
  }
  // A check that finds no files would always pass, so it counts as failed.
  if (fileCount === 0) console.log(`${check}: found no files`);
  else console.log(`${check}: ${fileCount} files, ${findings.length} findings`);
  return findings.length === 0 && fileCount > 0 ? 0 : 1;
}
