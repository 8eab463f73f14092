// A reporter for vitest: names what passed only when it was tried again, in the file that SECOND_TRIES names.
import { appendFileSync } from 'node:fs';

export default class SecondTries {
  onTestCaseResult(testCase) {
    const file = process.env['SECOND_TRIES'];
    if (file === undefined || testCase.diagnostic()?.flaky !== true) return;
    appendFileSync(file, `  ${testCase.module.relativeModuleId} › ${testCase.fullName}\n`);
  }
}
