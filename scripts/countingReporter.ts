import { writeFileSync } from "node:fs";
import Mocha from "mocha";

/** The result of one mocha run. scripts/test adds the results up. */
interface RunCounts {
  passed: number;
  failed: number;
  skipped: number;
  /** Titles of failed tests, for the summary at the end of the output. */
  failures: string[];
}

/**
 * The spec reporter of mocha. It also writes the counts to the file that ONSALE_TEST_COUNTS names.
 */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    const counts: RunCounts = { passed: 0, failed: 0, skipped: 0, failures: [] };
    runner.on(Mocha.Runner.constants.EVENT_TEST_PASS, () => {
      counts.passed += 1;
    });
    runner.on(Mocha.Runner.constants.EVENT_TEST_PENDING, () => {
      counts.skipped += 1;
    });
    // This event also reports failed hooks, so they are counted too.
    runner.on(Mocha.Runner.constants.EVENT_TEST_FAIL, (test) => {
      counts.failed += 1;
      counts.failures.push(test.fullTitle());
    });
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const file = process.env.ONSALE_TEST_COUNTS;
      if (file !== undefined && file !== "") writeFileSync(file, JSON.stringify(counts));
    });
  }
}
