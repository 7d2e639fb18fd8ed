import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { benchmarkOptions } from './options.ts'
import type { Survey } from './session.ts'
import { TRACK_NAMES, type TrackName } from './track.ts'
import { trackOf, truthShard } from './truth-shard.ts'

const surveyed = (rows: { text?: number; image?: number }, questions: readonly string[] = []): Survey => {
  const table = (kind: 'text' | 'image') => {
    const count = rows[kind]
    return count === undefined ? undefined : { rows: count, dimension: 4, digest: `digest of ${kind}`, index: 'built' }
  }
  return {
    engine: {
      ...{ label: 'double', version: '1', effortName: 'ef', local: true },
      efforts: { quick: [16], full: [16, 32] },
    },
    tables: { text: table('text'), image: table('image') },
    questions,
  }
}
const planned = (name: TrackName, found: Survey, options: object = {}) =>
  truthShard(trackOf(name), benchmarkOptions.parse(options), found)

describe('the shard of a ground truth', () => {
  it('is named by its track, and every track is found by its name', () => {
    for (const name of TRACK_NAMES) {
      expect(trackOf(name).name).toBe(name)
      expect(planned(name, surveyed({ text: 5, image: 5 }, ['a'])).name).toBe(`1-truth-${name}`)
    }
  })

  it.each<[TrackName, { text?: number; image?: number }, string[], number, number]>([
    ['text-to-text', { text: 5_000 }, [], 1_000, 1_000],
    ['text-to-text', { text: 50 }, [], 1_000, 50],
    ['text-to-image', { text: 7, image: 5_000 }, [], 1_000, 7],
    ['image-to-text', { text: 5_000, image: 9 }, [], 20, 9],
    ['questions-to-text', { text: 5_000 }, ['a', 'b', 'c'], 1_000, 3],
    ['questions-to-image', { image: 1 }, ['a', 'b', 'c'], 2, 2],
  ])('of %s from %j and %j, %i wanted: %i questions', (name, rows, questions, queries, expected) => {
    expect(planned(name, surveyed(rows, questions), { queries }).rows).toBe(expected)
  })

  it('is made again by what decides its answers: both tables, questions, filters and depth', () => {
    const found = surveyed({ text: 9_000, image: 9_000 }, ['a', 'b'])
    expect(planned('text-to-image', found).facts).toEqual({
      asked: 'digest of text',
      searched: 'digest of image',
      filters: [0.01],
      depth: 20,
    })
    expect(planned('questions-to-text', found).facts).toMatchObject({
      asked: ['a', 'b'],
      searched: 'digest of text',
    })
  })

  it('is as deep as twice the longest answer that is measured', () => {
    const found = surveyed({ text: 9_000 })
    const depth = (options: object) => planned('text-to-text', found, options).facts?.depth
    expect(depth({ sweep: 'full' })).toBe(200)
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 5 }), (k) => {
        expect(depth({ k })).toBe(2 * Math.max(...k))
      }),
    )
  })

  it('leaves out filters that let through too few rows to fill an answer', () => {
    const filters = (rows: number, options: object = { sweep: 'full' }) =>
      planned('text-to-text', surveyed({ text: rows }), options).facts?.filters
    expect(filters(1_000_000)).toEqual([0.1, 0.01, 0.001])
    expect(filters(20_000)).toEqual([0.1, 0.01, 0.001])
    expect(filters(19_999)).toEqual([0.1, 0.01])
    expect(filters(200)).toEqual([0.1])
    expect(filters(199)).toEqual([])
    expect(filters(100, { filters: [0.5, 0.2, 0.19] })).toEqual([0.5, 0.2])
  })

  it('does not depend on what merely makes the sweep longer', () => {
    const found = surveyed({ text: 500 })
    const plain = planned('text-to-text', found)
    expect(planned('text-to-text', found, { clients: [1, 64], efforts: [1, 2, 3], cellSeconds: 60 })).toEqual(plain)
  })
})
