import { describe, expect, it } from 'vitest'
import { judgeGate, parseGate } from './gate.ts'
import { cellReport, reportOf, trackReport } from './report/report.double.ts'
import type { CellReport, TrackReport } from './report/schema.ts'

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

  it('that is missing without a reason is no pass', () => {
    const cell = cellReport({ effort: 'auto', recall: 1, p95: 1 })
    expect(judge('p95>100', reportOf([trackReport({ cells: [{ ...cell, latency: null }] })]))).toMatchObject({
      verdict: 'failed',
      reason: 'p95 is not known: it was not measured',
    })
  })
})

describe('a percentile of too few questions', () => {
  const cell = (changes: Partial<CellReport>) => ({ ...cellReport({ effort: 'auto', recall: 1, p95: 1 }), ...changes })
  const { latency } = cell({})
  /** As of a few pictures, or of a machine on which the time was up after so many answers. */
  const small = (asked = 16, changes: Partial<CellReport> = {}) =>
    trackReport({
      name: 'image-to-image',
      cells: [cell({ asked, latency: latency && { ...latency, p95: asked < 20 ? null : 1, p99: null }, ...changes })],
    })
  const all = (text: string, now: TrackReport[], before: TrackReport[] = [track(8)]) =>
    judgeGate(parseGate(text), reportOf(now), reportOf(before, { run: 'before' }))

  it.each(['p95>1.5x', 'p95>80ms'])('is named and fails nothing while another track is judged by %s', (text) => {
    expect(all(text, [track(10), small()])).toMatchObject([
      { track: 'text-to-text', verdict: 'passed' },
      {
        gate: text,
        track: 'image-to-image',
        verdict: 'not judged',
        reason: '16 questions are too few for a p95',
      },
    ])
  })

  it('hides no failure of another track', () => {
    const verdicts = (text: string, now: TrackReport[]) => all(text, now).map(({ verdict }) => verdict)
    expect(verdicts('p95>1.5x', [track(20), small()])).toEqual(['failed', 'not judged'])
    const withheld = trackReport({ cells: [cell({ withheld: 'the index was not used', latency: null })] })
    expect(verdicts('p95>1.5x', [withheld, small()])).toEqual(['failed', 'not judged'])
    expect(verdicts('p95>1.5x', [trackReport({ cells: [] }), small()])).toEqual(['failed', 'not judged'])
  })

  it('fails where the answers were so slow that few were given: any p95 would be too much', () => {
    const slow = (p50: number, max: number) => ({ latency: latency && { ...latency, p50, max, p95: null, p99: null } })
    const before = [track(8), small(25)]
    const verdicts = (text: string, changes: Partial<CellReport>) =>
      all(text, [track(10), small(16, changes)], before).map(({ verdict }) => verdict)
    expect(all('p95>1.5x', [track(10), small(16, slow(400, 900))], before)).toMatchObject([
      { verdict: 'passed' },
      {
        verdict: 'failed',
        reason: '16 questions are too few for a p95, which lies between 400 and 900: p95>1.5x',
      },
    ])
    expect(verdicts('p95>80ms', slow(81, 900))).toEqual(['passed', 'failed'])
    expect(verdicts('p95>80ms', slow(79, 900))).toEqual(['passed', 'not judged'])
    expect(verdicts('p95<80ms', slow(20, 79))).toEqual(['failed', 'failed'])
    expect(verdicts('p95<80ms', slow(20, 81))).toEqual(['failed', 'not judged'])
    // Of 50 questions there is a p95, which no p99 is below.
    const fifty = { asked: 50, latency: latency && { ...latency, p95: 81, p99: null, max: 900 } }
    expect(verdicts('p99>80ms', fifty)).toEqual(['passed', 'failed'])
  })

  it('fails where no track is judged, and says what could be asked instead', () => {
    const reason = '16 questions are too few for a p95, and no track has enough; a condition on p50 or mean needs fewer'
    const few = { ...small(1), name: 'text-to-text' } as const
    const found = all('p95>1.5x', [few, small()])
    expect(found).toMatchObject([
      { verdict: 'failed', reason: expect.stringMatching(/^1 question is too few for a p95, and no track/) },
      { verdict: 'failed', reason },
    ])
    expect(all('image-to-image.p95>1.5x', [track(10), small()])).toMatchObject([{ verdict: 'failed', reason }])
    expect(all('p99>5', [small(50)])).toMatchObject([
      { verdict: 'failed', reason: expect.stringMatching(/^50 questions are too few for a p99/) },
    ])
  })

  it('does not excuse a figure that was withheld for another reason', () => {
    for (const withheld of ['the engine says that it did not use the index', 'the table changed']) {
      const [, image] = all('p95>1.5x', [track(10), small(16, { withheld, latency: null })])
      expect(image).toMatchObject({ verdict: 'failed', reason: `p95 is not known: ${withheld}` })
    }
    const answered = all('recall<0.9', [track(10), small()])
    expect(answered.map(({ verdict }) => verdict)).toEqual(['passed', 'passed'])
  })

  it('fails nothing in the first night, when there is nothing to compare with', () => {
    const found = judgeGate(parseGate('p95>1.5x'), reportOf([track(10), small()]), undefined)
    expect(found.map(({ verdict }) => verdict)).toEqual(['undecided', 'not judged'])
  })

  it('leaves the first night with enough of them undecided', () => {
    expect(all('p95>1.5x', [track(8), small(25)], [track(8), small()])).toMatchObject([
      { verdict: 'passed' },
      { verdict: 'undecided', reason: 'p95 is 1; that of before is not known: 16 questions are too few for a p95' },
    ])
  })
})
