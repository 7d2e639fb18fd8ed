import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { keepReport } from '../benchmark/archive.ts'
import { cellReport, reportOf, trackReport } from '../benchmark/report/report.double.ts'
import { main } from '../cli.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-report-'))
})
afterEach(async () => {
  vi.restoreAllMocks()
  process.exitCode = undefined
  await rm(workspace, { recursive: true, force: true })
})

async function keep(run: string, p95: number, recall = 0.99): Promise<void> {
  const report = reportOf([trackReport({ cells: [cellReport({ effort: 'auto', recall, p95 })] })], { run })
  await keepReport(workspace, run, { html: '', md: '', json: JSON.stringify(report) }, 10)
}

async function command(...args: string[]) {
  const [out, errors]: [string[], string[]] = [[], []]
  vi.spyOn(console, 'log').mockImplementation((text: string) => void out.push(text))
  vi.spyOn(console, 'error').mockImplementation((text: string) => void errors.push(text))
  process.exitCode = undefined
  const code = await main(['report', '--workspace', workspace, ...args])
  return { code, out: out.join('\n'), errors: errors.join('\n') }
}

test('shows the latest report, and passes while no condition holds', async () => {
  await keep('20261123T000000000-aaaa', 8)
  await keep('20261124T000000000-bbbb', 10)
  const { code, out, errors } = await command('--fail-if', 'recall@10<0.985', '--fail-if', 'p95>1.5x')
  expect(code).toBe(0)
  expect(out).toContain('# Benchmark 20261124T000000000-bbbb')
  expect(errors).toContain('PASSED text-to-text p95>1.5x: p95 is 10, 1.25 × the 8 of 20261123T000000000-aaaa.')
})

test('ends with 1 and the reason when a condition holds', async () => {
  await keep('20261123T000000000-aaaa', 8)
  await keep('20261124T000000000-bbbb', 20, 0.97)
  const { code, errors } = await command('--fail-if', 'recall@10<0.985', '--fail-if', 'p95>1.5x')
  expect(code).toBe(1)
  expect(errors).toContain('FAILED text-to-text recall@10<0.985: recall@10 is 0.97: recall@10<0.985.')
  // The reason is the last line, whatever passed and wherever the page is.
  const mixed = await command('--fail-if', 'recall@10<0.985', '--fail-if', 'rows<1')
  expect(mixed.errors.split('\n').map((one) => one.split(' ')[0])).toEqual(['The', 'PASSED', 'FAILED'])
  expect(errors).toContain('FAILED text-to-text p95>1.5x: p95 is 20, 2.5 × the 8 of 20261123T000000000-aaaa: p95>1.5x.')
})

test('names a track that has too few questions for the percentile, and fails only where no other has enough', async () => {
  const run = '20261124T000000000-bbbb'
  const cell = cellReport({ effort: 'auto', recall: 0.99, p95: 10 })
  const few = { ...cell, asked: 16, latency: cell.latency && { ...cell.latency, p95: null, p99: null } }
  const tracks = [trackReport({ cells: [cell] }), trackReport({ name: 'image-to-image', cells: [few] })]
  const text = JSON.stringify(reportOf(tracks, { run }))
  await keepReport(workspace, run, { html: '', md: '', json: text }, 10)
  const { code, errors } = await command('--fail-if', 'p95>80ms')
  expect(code).toBe(0)
  expect(errors.split('\n').slice(1)).toEqual([
    'PASSED text-to-text p95>80ms: p95 is 10.',
    'NOT JUDGED image-to-image p95>80ms: 16 questions are too few for a p95.',
  ])
  const alone = await command('--fail-if', 'image-to-image.p95>80ms')
  expect(alone.code).toBe(1)
  expect(alone.errors).toMatch(
    /\nFAILED image-to-image .*: 16 questions are too few for a p95, and no track has enough/,
  )
})

test('compares with the run that is named', async () => {
  await keep('20261122T000000000-aaaa', 20)
  await keep('20261123T000000000-bbbb', 8)
  await keep('20261124T000000000-cccc', 20)
  expect((await command('--fail-if', 'p95>1.5x', '--against', '20261122')).code).toBe(0)
  expect((await command('--fail-if', 'p95>1.5x')).code).toBe(1)
  expect(await command('--against', '1999')).toMatchObject({
    code: 2,
    errors: expect.stringMatching(/no report of a run "1999"/),
  })
})

test('refuses a mistyped condition before anything else, and an empty workspace', async () => {
  expect(await command('--fail-if', 'recal<1')).toMatchObject({
    code: 2,
    errors: expect.stringMatching(/is no condition/),
  })
  expect(await command()).toMatchObject({ code: 2, errors: expect.stringMatching(/has no report yet/) })
})

test('prints JSON for machines', async () => {
  await keep('20261124T000000000-bbbb', 10)
  expect(JSON.parse((await command('--json')).out)).toMatchObject({
    format: 'promptloom-benchmark',
    run: '20261124T000000000-bbbb',
  })
})
