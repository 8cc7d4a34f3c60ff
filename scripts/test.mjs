import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { node24, root } from './node24.mjs'
import { prepare, step } from './prepare.mjs'

/**
 * Runs everything a change must pass and closes with one line of sums. A skipped test is a failure in CI; a suite that
 * can't be run, or runs nothing, is one everywhere.
 */
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
const suites = [
  { name: 'lint and formatting', command: [join(root, 'node_modules/@biomejs/biome/bin/biome'), 'check', '.'] },
  { name: 'unit, contract and API tests', command: [vitest, 'run'], report: 'unit.json' },
  {
    name: 'tests of the started product',
    command: [vitest, 'run', '--config', 'tests/vitest.config.ts'],
    report: 'product.json',
  },
  {
    name: 'tests of the console',
    command: [vitest, 'run', '--config', 'tests/console/vitest.config.ts'],
    report: 'console.json',
  },
]

prepare()
const reports = mkdtempSync(join(tmpdir(), 'vm-x-ai-test-'))
const sums = { passed: 0, failed: 0, skipped: 0 }
for (const suite of suites) {
  step(`Running ${suite.name}`)
  const { passed, failed, skipped } = run(suite)
  sums.passed += passed
  sums.failed += failed
  sums.skipped += skipped
}
rmSync(reports, { recursive: true, force: true })
const skipped = sums.skipped > 0 ? `, ${sums.skipped} skipped` : ''
process.stdout.write(`\n${sums.passed} passed, ${sums.failed} failed${skipped}\n`)
process.exit(sums.failed > 0 || sums.passed === 0 || (process.env.CI && sums.skipped > 0) ? 1 : 0)

function run({ command, report }) {
  const file = report && join(reports, report)
  const flags = file ? ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`] : []
  const { status } = spawnSync(node24(), [...command, ...flags], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  if (!file) return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 }
  let result
  try {
    result = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  }
  const failed =
    result.numFailedTests +
    result.testResults.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
    ).length
  return {
    passed: result.numPassedTests,
    // A run that fails without a failed test, e.g. by an error outside of tests, has failed all the same.
    failed: status !== 0 && failed === 0 ? 1 : failed,
    skipped: result.numPendingTests + result.numTodoTests,
  }
}
