// A reporter for vitest: names what passed only when it was tried again, in the file that SECOND_TRIES names, and the files that
// failed, in the one that FAILED_FILES names.
import { appendFileSync } from 'node:fs';
import path from 'node:path';

export default class SecondTries {
  onTestCaseResult(testCase) {
    const file = process.env['SECOND_TRIES'];
    if (file === undefined || testCase.diagnostic()?.flaky !== true) return;
    appendFileSync(file, `  ${testCase.module.relativeModuleId} › ${testCase.fullName}\n`);
  }

  onTestRunEnd(modules, unhandledErrors) {
    const file = process.env['FAILED_FILES'];
    if (file === undefined) return;
    const failed = modules.filter((each) => !each.ok()).map((each) => each.relativeModuleId);
    // An error outside of every test belongs to the file that ran; without one, nobody can say what to try again.
    const strays = unhandledErrors.map(({ VITEST_TEST_PATH: from }) =>
      from === undefined ? '?' : path.relative(process.cwd(), from),
    );
    const names = new Set([...failed, ...strays]);
    if (names.size > 0) appendFileSync(file, `${[...names].join('\n')}\n`);
  }
}
