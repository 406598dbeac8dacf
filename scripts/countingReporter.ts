import { writeFileSync } from "node:fs";
import Mocha from "mocha";

/** What one mocha run came to; scripts/test adds these up. */
interface RunCounts {
  passed: number;
  failed: number;
  skipped: number;
  /** Titles of what failed, for the summary at the end of a long output. */
  failures: string[];
}

/** The spec reporter, which also leaves the counts in the file named by ONSALE_TEST_COUNTS. */
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
    // Failing hooks arrive here as well.
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
