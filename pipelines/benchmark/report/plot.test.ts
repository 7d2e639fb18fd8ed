import { describe, expect, it } from 'vitest'
import { escaped, html } from './markup.ts'
import { bytes, duration, effort, ms, percent, rate, recall } from './numbers.ts'
import { type Point, plot } from './plot.ts'

const one = (points: Point[], given = {}) =>
  plot({
    title: 'T & t',
    x: { label: 'ms', log: true },
    y: { label: 'recall' },
    series: [{ name: 's', tone: 1, points }],
    ...given,
  })?.markup ?? ''

describe('plot', () => {
  it('draws nothing from nothing', () => {
    expect(
      plot({ title: 't', x: { label: 'x' }, y: { label: 'y' }, series: [{ name: 's', tone: 1, points: [] }] }),
    ).toBeUndefined()
  })

  it('puts larger values to the right and higher up', () => {
    const [first, second] = [
      ...one([
        { x: 1, y: 0.5 },
        { x: 100, y: 0.9 },
      ]).matchAll(/cx="([\d.]+)" cy="([\d.]+)"/g),
    ].map(([, x, y]) => [Number(x), Number(y)])
    expect(second?.[0]).toBeGreaterThan(first?.[0] as number)
    expect(second?.[1]).toBeLessThan(first?.[1] as number)
  })

  it('survives a single point, equal values and zero', () => {
    for (const points of [
      [{ x: 5, y: 1 }],
      [
        { x: 5, y: 1 },
        { x: 5, y: 1 },
      ],
    ])
      expect(one(points)).not.toMatch(/NaN|Infinity/)
    const zero = plot({
      title: 't',
      x: { label: 'x' },
      y: { label: 'y' },
      series: [{ name: 's', tone: 2, points: [{ x: 0, y: 0 }] }],
    })
    expect(zero?.markup).not.toMatch(/NaN|Infinity/)
  })

  it('marks intervals, the target and doubtful points, and names itself to those who cannot see it', () => {
    const markup = one([{ x: 1, y: 0.5, low: 0.4, high: 0.6, hollow: true, title: 'a <point>' } as never], {
      mark: { y: 0.99, label: 'target' },
    })
    expect(markup).toContain('class="whisker"')
    expect(markup).toContain('class="mark"')
    expect(markup).toContain('point hollow')
    expect(markup).toContain('aria-label="T &amp; t"')
    expect(markup).toContain('<title>a &lt;point&gt;</title>')
  })
})

describe('intervals', () => {
  const interval = (low: number, high: number) => [{ x: 1, y: 1, low, high }]
  const whisker = (markup: string) => markup.match(/class="whisker" d="([^"]*)"/)?.[1] ?? ''

  it('lie within the plot, with a stroke across each end', () => {
    const d = whisker(one(interval(0.98, 1), { mark: { y: 0.985, label: 'target' } }))
    expect(d.match(/H/g)).toHaveLength(2)
    const [from, to] = (d.match(/^M[\d.]+,([\d.]+)V([\d.]+)/)?.slice(1) ?? []).map(Number)
    expect(from).toBeLessThan(236)
    expect(to).toBeGreaterThan(16)
  })

  it('of a setting with few questions are cut without a stroke, and do not flatten the others', () => {
    const points = [...interval(0.1, 1), { x: 2, y: 0.99, low: 0.989, high: 0.991 }]
    const markup = one(points)
    expect(whisker(markup).match(/H/g)).toHaveLength(1)
    const [first, second] = [...markup.matchAll(/cy="([\d.]+)"/g)].map(([, y]) => Number(y))
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThan(80)
  })
})

describe('labels', () => {
  const labelled = (places: readonly number[]) => {
    const points = places.map((x, at) => ({ x, y: 1, label: `l${at}` }))
    const markup = one(points)
    const [cy] = [...markup.matchAll(/cy="([\d.]+)"/g)].map(([, y]) => Number(y))
    return [...markup.matchAll(/class="pointlabel" x="[\d.]+" y="([\d.]+)"/g)].map(([, y]) =>
      Number(y) < (cy ?? 0) ? 'above' : 'below',
    )
  }

  it.each<[string, readonly number[], readonly string[]]>([
    ['points far apart', [1, 10, 100], ['above', 'above', 'above']],
    ['two that are close', [100, 1, 1.01], ['above', 'above', 'below']],
    ['three that are close', [1, 1.02, 1.01, 50], ['above', 'above', 'below', 'above']],
  ])('of %s stand %j', (_, places, sides) => expect(labelled(places)).toEqual(sides))
})

describe('a logarithmic axis', () => {
  const ticks = (low: number, high: number) =>
    [
      ...one([
        { x: low, y: 1 },
        { x: high, y: 1 },
      ]).matchAll(/text-anchor="middle">([\d.]+)</g),
    ].map(([, at]) => Number(at))

  it.each([
    [6, 16],
    [200, 340],
    [1, 1000],
  ])('from %d to %d has three ticks or more, all of them round', (low, high) => {
    const found = ticks(low, high)
    expect(found.length).toBeGreaterThanOrEqual(3)
    for (const tick of found) expect(tick).toBe(Number(tick.toPrecision(2)))
  })
})

describe('markup', () => {
  it('escapes what is not markup, and joins lists', () => {
    expect(html`<p class="${'"x'}">${'<b>'}${[html`<i>1</i>`, html`<i>2</i>`]}${null}${false}${0}</p>`.markup).toBe(
      '<p class="&quot;x">&lt;b&gt;<i>1</i><i>2</i>0</p>',
    )
    expect(escaped(`'&`)).toBe('&#39;&amp;')
  })
})

describe('numbers', () => {
  it('read as people compare them, and a dash where there is none', () => {
    expect([ms(0.1234), ms(12.34), ms(345.6), ms(null)]).toEqual(['0.12', '12.3', '346', '–'])
    expect([recall(0.98765), recall(undefined)]).toEqual(['0.9877', '–'])
    expect([bytes(999), bytes(1_234_567), bytes(123_456_789_000), bytes(null)]).toEqual([
      '999 B',
      '1.2 MB',
      '123 GB',
      '–',
    ])
    expect([duration(3.21), duration(75), duration(7500)]).toEqual(['3.2 s', '1 min 15 s', '2 h 05 min'])
    expect([percent(0.01), percent(0.001), percent(0.3333333)]).toEqual(['1 %', '0.1 %', '33.3 %'])
    expect([rate(3.14), rate(12_345), rate(null)]).toEqual(['3.1', '12,345', '–'])
    expect([effort('auto', 'ef'), effort('exact', 'ef'), effort(128, 'ef'), effort(3, 'alpha')]).toEqual([
      'default',
      'exact',
      'ef 128',
      'alpha 3',
    ])
  })
})
