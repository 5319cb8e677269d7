// Mocha's reporter for every suite: prints the spec, and writes the counts that the runner adds up to the file named
// by NETPROC_RESULT. It is CommonJS because an extension host requires it.
const { writeFileSync } = require('node:fs');
const { reporters, Runner } = require('mocha');

const { EVENT_RUN_END, EVENT_TEST_FAIL, EVENT_TEST_PASS, EVENT_TEST_PENDING } = Runner.constants;

module.exports = class ResultReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const result = { passed: 0, failed: 0, skipped: [], failures: [] };
    runner.on(EVENT_TEST_PASS, () => result.passed++);
    runner.on(EVENT_TEST_FAIL, (test) => {
      result.failed++;
      result.failures.push(test.fullTitle());
    });
    runner.on(EVENT_TEST_PENDING, (test) => result.skipped.push({ name: test.fullTitle(), reason: reasonOf(test) }));
    runner.once(EVENT_RUN_END, () => {
      if (process.env.NETPROC_RESULT) writeFileSync(process.env.NETPROC_RESULT, JSON.stringify(result));
      if (process.env.NETPROC_MUST_END) endOrTell();
    });
  }
};

function reasonOf(test) {
  for (let at = test; at; at = at.parent) if (at.cannotRunReason) return at.cannotRunReason;
  return 'no reason given';
}

/** A run whose tests left a socket or timer open would hang: it ends with 97 instead, saying what is open. */
function endOrTell() {
  setTimeout(() => {
    console.error(`Tests left open: ${process.getActiveResourcesInfo().join(', ')}`);
    process.exit(97);
  }, 10_000).unref();
}
