import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseSetting } from './choice.ts'
import { cellReport, trackReport } from './report/report.double.ts'

const exact = cellReport({ effort: 'exact', recall: 1, p95: 80 })

describe('chooseSetting', () => {
  it('takes the cheapest setting that reaches the target', () => {
    const track = trackReport({
      cells: [
        exact,
        cellReport({ effort: 32, recall: 0.95, p95: 3 }),
        cellReport({ effort: 64, recall: 0.99, p95: 5 }),
        cellReport({ effort: 128, recall: 0.998, p95: 9 }),
      ],
    })
    expect(chooseSetting(track, 0.99)).toMatchObject({
      table: 'text',
      mode: 'indexed',
      effort: 64,
      recall: 0.99,
      p95: 5,
      reason:
        'reaches the target recall of 0.99, the cheapest of 2 settings that do: p95 5.0 ms; exact search takes p95 80.0 ms',
    })
    expect(chooseSetting(track, 0.995)?.effort).toBe(128)
  })

  it('takes exact search where it is as fast', () => {
    const track = trackReport({ cells: [{ ...exact }, cellReport({ effort: 64, recall: 0.999, p95: 75 })] })
    expect(chooseSetting(track, 0.99)).toMatchObject({
      mode: 'exact',
      effort: null,
      reason: expect.stringMatching(/as fast/),
    })
  })

  it('takes exact search where nothing else reaches the target, and names the best that did not', () => {
    const track = trackReport({ cells: [exact, cellReport({ effort: 64, recall: 0.95, p95: 5 })] })
    const choice = chooseSetting(track, 0.99)
    expect(choice?.mode).toBe('exact')
    expect(choice?.reason).toBe('no setting of the index reaches 0.99; the best, effort 64, has 0.9500 at p95 5.0 ms')
  })

  it('never takes a setting whose figures were withheld', () => {
    const track = trackReport({
      cells: [
        exact,
        { ...cellReport({ effort: 64, recall: 1, p95: 1 }), withheld: 'no index', recall: null, latency: null },
      ],
    })
    expect(chooseSetting(track, 0.99)).toMatchObject({ mode: 'exact', reason: expect.stringMatching(/proven/) })
  })

  it('looks at neither filtered nor concurrent searches, nor at other lengths of answers', () => {
    const track = trackReport({
      cells: [
        exact,
        { ...cellReport({ effort: 16, recall: 1, p95: 1 }), clients: 4 },
        { ...cellReport({ effort: 16, recall: 1, p95: 1 }), share: 0.01 },
        { ...cellReport({ effort: 16, recall: 1, p95: 1 }), k: 1 },
        cellReport({ effort: 64, recall: 0.99, p95: 5 }),
        cellReport({ effort: 'auto', recall: 1, p95: 1 }),
      ],
    })
    expect(chooseSetting(track, 0.99)?.effort).toBe(64)
  })

  it('goes by the mean where too few questions were asked to have a p95', () => {
    const few = cellReport({ effort: 'exact', recall: 1, p95: 80 })
    const track = trackReport({
      cells: [
        { ...few, latency: few.latency && { ...few.latency, p95: null, mean: 70 } },
        cellReport({ effort: 64, recall: 0.99, p95: 5 }),
      ],
    })
    expect(chooseSetting(track, 0.99)?.reason).toContain('exact search takes a mean of 70.0 ms')
  })

  it('takes the least work of settings that are as fast, so that the choice stays from night to night', () => {
    const cells = [
      exact,
      cellReport({ effort: 512, recall: 1, p95: 5 }),
      cellReport({ effort: 256, recall: 1, p95: 5.6 }),
      cellReport({ effort: 128, recall: 0.995, p95: 5.4 }),
      cellReport({ effort: 64, recall: 0.98, p95: 5 }),
    ]
    expect(chooseSetting(trackReport({ cells }), 0.99)?.effort).toBe(128)
  })

  it('goes by medians where the machine was noisy, and says so: a p95 is other programs’ doing then', () => {
    const calm = cellReport({ effort: 64, recall: 0.99, p95: 40 })
    const disturbed = {
      ...calm,
      latency: calm.latency && { ...calm.latency, p50: 3 },
      load: { ...calm.load, noisy: true },
    }
    const lucky = cellReport({ effort: 256, recall: 1, p95: 9 })
    const choice = chooseSetting(trackReport({ cells: [exact, disturbed, lucky] }), 0.99)
    expect(choice).toMatchObject({ effort: 64, noisy: true })
    expect(choice?.reason).toBe(
      'reaches the target recall of 0.99, the cheapest of 2 settings that do: p50 3.0 ms; exact search takes p50 52.0 ms; by medians, because the machine was noisy',
    )
  })

  it('says where questions unlike the rows miss the target by the same setting', () => {
    const near = trackReport({ to: 'image', cells: [exact, cellReport({ effort: 64, recall: 0.995, p95: 5 })] })
    const far = (recall: number) => [
      trackReport({
        ...{ name: 'text-to-image', to: 'image', outOfDistribution: true },
        cells: [exact, cellReport({ effort: 64, recall, p95: 5 }), cellReport({ effort: 512, recall: 1, p95: 5 })],
      }),
    ]
    expect(chooseSetting(near, 0.99, far(0.91))?.reason).toMatch(/; text-to-image has only 0\.9100 by it$/)
    expect(chooseSetting(near, 0.99, far(0.992))?.reason).not.toContain('text-to-image')
    expect(chooseSetting(near, 0.99, [trackReport({ cells: [] })])?.reason).not.toContain('only')
  })

  it('says nothing where nothing was measured', () => {
    expect(chooseSetting(trackReport({ cells: [] }), 0.99)).toBeUndefined()
  })
})

describe('any choice', () => {
  const setting = fc.record({
    effort: fc.integer({ min: 1, max: 512 }),
    recall: fc.double({ min: 0.5, max: 1, noNaN: true }),
    p95: fc.double({ min: 0.5, max: 100, noNaN: true }),
    withheld: fc.boolean(),
  })
  const sweep = fc.uniqueArray(setting, { maxLength: 6, selector: ({ effort }) => effort })

  it('reaches the target by the cheapest proven setting, or is exact search', () => {
    fc.assert(
      fc.property(sweep, fc.double({ min: 0.5, max: 200, noNaN: true }), (settings, exactP95) => {
        const exact = cellReport({ effort: 'exact', recall: 1, p95: exactP95 })
        const cells = settings.map(({ withheld, ...one }) => ({
          ...cellReport(one),
          withheld: withheld ? 'no proof' : null,
        }))
        const choice = chooseSetting(trackReport({ cells: [exact, ...cells] }), 0.9)
        const reaching = settings.filter(({ recall, withheld }) => recall >= 0.9 && !withheld).map(({ p95 }) => p95)
        if (choice?.mode === 'exact') {
          expect(choice.effort).toBeNull()
          expect(Math.min(...reaching) * 1.1 * 1.1).toBeGreaterThanOrEqual(reaching.length > 0 ? exactP95 : 0)
        } else {
          expect(choice?.p95).toBeLessThanOrEqual(Math.min(...reaching) * 1.1)
          expect(choice?.recall).toBeGreaterThanOrEqual(0.9)
          expect(exactP95).toBeGreaterThan((choice?.p95 ?? 0) * 1.1)
          const lower = settings.filter(({ effort, recall, p95, withheld }) => {
            return effort < (choice?.effort ?? 0) && recall >= 0.9 && !withheld && p95 <= Math.min(...reaching) * 1.1
          })
          expect(lower).toEqual([])
        }
        expect(choice?.reason).toMatch(/^[a-z]/)
      }),
    )
  })
})
