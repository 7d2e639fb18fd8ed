import { describe, expect, it } from 'vitest'
import { judgeGate, parseGate } from './gate.ts'
import { cellReport, reportOf, trackReport } from './report/report.double.ts'

const track = (p95: number, recall = 0.99) =>
  trackReport({
    cells: [
      cellReport({ effort: 'auto', recall, p95 }),
      { ...cellReport({ effort: 'auto', recall: 0.9, p95: 9 }), k: 100 },
    ],
  })
const far = (recall: number) =>
  trackReport({
    name: 'text-to-image',
    to: 'image',
    outOfDistribution: true,
    cells: [cellReport({ effort: 'auto', recall, p95: 5 })],
  })
const judge = (text: string, now = reportOf([track(10)]), before = reportOf([track(8)], { run: 'before' })) =>
  judgeGate(parseGate(text), now, before)[0]

describe('parseGate', () => {
  it('reads metric, length, comparison, number, unit and track', () => {
    expect(parseGate('recall@10<0.985')).toMatchObject({
      metric: 'recall',
      k: 10,
      operator: '<',
      value: 0.985,
      relative: false,
    })
    expect(parseGate(' p95 > 1.5x ')).toMatchObject({
      metric: 'p95',
      k: undefined,
      value: 1.5,
      relative: true,
      text: 'p95 > 1.5x',
    })
    expect(parseGate('text-to-image.recall<95%')).toMatchObject({ track: 'text-to-image', value: 0.95 })
    expect(parseGate('p99>=80ms')).toMatchObject({ operator: '>=', value: 80 })
  })

  it('refuses anything else, and shows what one looks like', () => {
    for (const text of [
      '',
      'recall',
      'recal@10<0.9',
      'p95>1.5y',
      'p95=3',
      'recall@10<0.9; rm -rf /',
      'nowhere.p95>3',
    ]) {
      expect(() => parseGate(text)).toThrow(/is no condition; write e\.g\. 'recall@10<0\.985'/)
    }
  })

  it.each([
    ['p95>80%', 'p95 is not measured in %; write the number with x, with ms or without a unit'],
    ['recall@10<985ms', 'recall is not measured in ms; write the number with x, with % or without a unit'],
    ['qps<50%', 'qps is not measured in %; write the number with x or without a unit'],
  ])('refuses %s: a unit that does not go with the figure', (text, reason) => {
    expect(() => parseGate(text)).toThrow(`"${text}" is no condition: ${reason}.`)
  })
})

describe('judgeGate', () => {
  it('has no factor of 0', () => {
    const found = judge('short>1.5x')
    expect(found).toMatchObject({ verdict: 'passed', reason: 'short is 0, where it was 0 in before' })
  })

  it('fails when the condition holds, with the figure', () => {
    expect(judge('recall@10<0.985')).toEqual({
      gate: 'recall@10<0.985',
      track: 'text-to-text',
      verdict: 'passed',
      reason: 'recall@10 is 0.99',
    })
    expect(judge('recall@10<0.995')).toMatchObject({ verdict: 'failed', reason: 'recall@10 is 0.99: recall@10<0.995' })
    expect(judge('recall@100<0.95')).toMatchObject({ verdict: 'failed' })
    expect(judge('rows<100000')).toMatchObject({ verdict: 'passed' })
    expect(judge('rows<=100000')).toMatchObject({ verdict: 'failed' })
  })

  it('compares with the earlier report where the number is a factor', () => {
    expect(judge('p95>1.5x')).toMatchObject({ verdict: 'passed' })
    expect(judge('p95>1.2x')).toMatchObject({
      verdict: 'failed',
      reason: 'p95 is 10, 1.25 × the 8 of before: p95>1.2x',
    })
  })

  it('does not take silence for a pass', () => {
    const withheld = trackReport({
      cells: [
        {
          ...cellReport({ effort: 'auto', recall: 1, p95: 1 }),
          withheld: 'the index was not used',
          recall: null,
          latency: null,
        },
      ],
    })
    expect(judge('recall<0.9', reportOf([withheld]))).toMatchObject({
      verdict: 'failed',
      reason: 'recall is not known: the index was not used',
    })
    expect(judge('recall@1<0.9')).toMatchObject({
      verdict: 'failed',
      reason: 'recall@1 is not known: answers of 1 were not measured',
    })
    expect(judge('recall<0.9', reportOf([]))).toMatchObject({ verdict: 'failed' })
    const few = cellReport({ effort: 'auto', recall: 1, p95: 1 })
    const short = trackReport({ cells: [{ ...few, asked: 50, latency: few.latency && { ...few.latency, p99: null } }] })
    expect(judge('p99>5', reportOf([short]))).toMatchObject({
      verdict: 'failed',
      reason: 'p99 is not known: 50 questions are too few for it',
    })
  })

  it('cannot decide against nothing, or against another machine, engine or model', () => {
    expect(judgeGate(parseGate('p95>1.5x'), reportOf([track(10)]), undefined)[0]).toMatchObject({
      verdict: 'undecided',
    })
    const elsewhere = { ...track(1), machine: { ...track(1).machine, cpu: 'Other CPU' } }
    expect(judge('p95>1.5x', reportOf([track(10)]), reportOf([elsewhere]))).toMatchObject({
      verdict: 'undecided',
      reason: expect.stringMatching(/the machine was 2 × Other CPU, and is 2 × Test CPU/),
    })
  })

  it('leaves questions unlike the rows out unless they are named', () => {
    const now = reportOf([track(10), far(0.6)])
    expect(judgeGate(parseGate('recall<0.9'), now, undefined).map(({ track, verdict }) => [track, verdict])).toEqual([
      ['text-to-text', 'passed'],
    ])
    expect(judgeGate(parseGate('text-to-image.recall<0.9'), now, undefined)[0]).toMatchObject({ verdict: 'failed' })
    expect(judgeGate(parseGate('image-to-image.recall<0.9'), now, undefined)[0]?.reason).toBe(
      'image-to-image was not measured',
    )
  })

  it('says when a measurement was noisy', () => {
    const cell = cellReport({ effort: 'auto', recall: 1, p95: 30 })
    const noisy = trackReport({ cells: [{ ...cell, load: { ...cell.load, noisy: true } }] })
    expect(judge('p95>1.5x', reportOf([noisy]))?.reason).toMatch(/in a noisy measurement/)
  })
})

describe('every metric', () => {
  const now = reportOf([
    trackReport({ rows: 5000, cells: [{ ...cellReport({ effort: 'auto', recall: 0.95, p95: 10 }), short: 3 }] }),
  ])
  it.each([
    ['recall', 0.95],
    ['strict', 0.94],
    ['mean', 7],
    ['p50', 6.5],
    ['p95', 10],
    ['p99', 14],
    ['max', 30],
    ['qps', 1000 / 7],
    ['rows', 5000],
    ['short', 3],
  ])('%s is that of the headline', (metric, value) => {
    expect(judge(`${metric}>=${(value * 0.999).toFixed(4)}`, now)?.verdict).toBe('failed')
    expect(judge(`${metric}>=${(value * 1.001).toFixed(4)}`, now)?.verdict).toBe('passed')
    expect(judge(`${metric}<=${(value * 1.001).toFixed(4)}`, now)?.verdict).toBe('failed')
  })

  it.each([
    ['<', 'passed', 'passed', 'failed'],
    ['<=', 'passed', 'failed', 'failed'],
    ['>', 'failed', 'passed', 'passed'],
    ['>=', 'failed', 'failed', 'passed'],
  ])('compared by %s: below, at and above the figure', (operator, below, at, above) => {
    const verdicts = [9, 10, 11].map((limit) => judge(`p95${operator}${limit}`, now)?.verdict)
    expect(verdicts).toEqual([below, at, above])
  })

  it('is held against the earlier report’s own figure, and says by how much it is more', () => {
    const before = reportOf([track(8)], { run: 'before' })
    expect(judge('p95>1.25x', reportOf([track(10)]), before)).toMatchObject({
      verdict: 'passed',
      reason: 'p95 is 10, 1.25 × the 8 of before',
    })
    expect(judge('p95>1.2x', reportOf([track(10)]), before)).toMatchObject({
      verdict: 'failed',
      reason: 'p95 is 10, 1.25 × the 8 of before: p95>1.2x',
    })
  })

  it('that was withheld is no pass', () => {
    const cell = { ...cellReport({ effort: 'auto', recall: 1, p95: 1 }), withheld: 'the table changed' }
    expect(judge('recall<0.5', reportOf([trackReport({ cells: [cell] })]))).toMatchObject({
      verdict: 'failed',
      reason: 'recall is not known: the table changed',
    })
  })

  it('of an unmeasured length, or of no cell at all, is no pass', () => {
    expect(judge('recall@7<0.5', now)?.reason).toBe('recall@7 is not known: answers of 7 were not measured')
    expect(judge('p95>1', reportOf([trackReport({ cells: [] })]))?.reason).toBe(
      'p95 is not known: nothing was measured',
    )
  })

  it('of too few questions is no pass', () => {
    const cell = cellReport({ effort: 'auto', recall: 1, p95: 1 })
    const few = { ...cell, asked: 15, latency: { ...(cell.latency as NonNullable<typeof cell.latency>), p95: null } }
    expect(judge('p95>100', reportOf([trackReport({ cells: [few] })]))).toMatchObject({
      verdict: 'failed',
      reason: 'p95 is not known: 15 questions are too few for it',
    })
  })
})
