import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { COPY_SIMILARITY, type Foldable, fold } from './folding.ts'
import { dot } from './vector.ts'

const row = (id: string, prompt: string, rest: Partial<Foldable> = {}): Foldable => ({ id, prompt, ...rest })
const shape = (rows: readonly Foldable[], by: 'prompts' | 'pictures') =>
  fold(rows, by).map(({ row: leader, copies }) => [leader.id, ...copies.map(({ id }) => id)])

describe('folding prompts', () => {
  it('joins the same words in other case, order, emphasis and punctuation', () => {
    const rows = [row('1', 'a cat, 8k'), row('2', '8K — A CAT!'), row('3', '(a cat:1.3), [8k]'), row('4', 'a cat, 4k')]
    expect(shape(rows, 'prompts')).toEqual([['1', '2', '3'], ['4']])
  })
  it('keeps apart prompts that differ in the subject alone, however long the rest', () => {
    const rest = 'portrait, highly detailed, artstation, sharp focus, illustration, smooth, cinematic, 8k'
    expect(shape([row('1', `cat ${rest}`), row('2', `dog ${rest}`)], 'prompts')).toHaveLength(2)
  })
  it('joins rows whose vectors are nearly the same, with the first that they resemble', () => {
    const vector = (angle: number) => Float32Array.of(Math.cos(angle), Math.sin(angle))
    const rows = [0, 0.1, 0.25, 0.3].map((angle, at) => row(`${at}`, `word${at}`, { vector: vector(angle) }))
    expect(shape(rows, 'prompts')).toEqual([
      ['0', '1'],
      ['2', '3'],
    ])
  })
  it('does not take prompts without any word for copies of one another', () => {
    expect(shape([row('1', '♥'), row('2', '★')], 'prompts')).toHaveLength(2)
  })
  it('reads words of any script', () => {
    expect(shape([row('1', 'кот, дом'), row('2', 'Дом КОТ'), row('3', '猫')], 'prompts')).toEqual([['1', '2'], ['3']])
  })
})

describe('folding pictures', () => {
  it('joins equal bytes, not equal prompts', () => {
    const rows = [row('1', 'cat', { sha256: 'x' }), row('2', 'cat', { sha256: 'y' }), row('3', 'dog', { sha256: 'x' })]
    expect(shape(rows, 'pictures')).toEqual([['1', '3'], ['2']])
  })
})

it('a longer list begins with the leaders of a shorter one', () => {
  const rows = Array.from({ length: 60 }, (_, at) => row(`${at}`, `word${(at * 7) % 13}`))
  const whole = shape(rows, 'prompts').map(([leader]) => leader)
  for (let length = 1; length < rows.length; length++) {
    const short = shape(rows.slice(0, length), 'prompts').map(([leader]) => leader)
    expect(whole.slice(0, short.length)).toEqual(short)
  }
})

const word = fc.constantFrom('cat', 'dog', 'red', 'oil')
const foldable = fc.record({
  prompt: fc.array(word, { minLength: 1, maxLength: 2 }).map((words) => words.join(' ')),
  sha256: fc.constantFrom('x', 'y', 'z'),
  angle: fc.integer({ min: 0, max: 40 }),
})
/** Rows with ids of their own; vectors that lie close enough are copies of one another. */
const ranking = fc.array(foldable, { maxLength: 25 }).map((rows) =>
  rows.map(({ angle, ...row }, at) => ({
    ...row,
    id: `row-${at}`,
    vector: Float32Array.of(Math.cos(angle / 10), Math.sin(angle / 10)),
  })),
)

describe.each(['prompts', 'pictures'] as const)('folding any ranking of %s', (by) => {
  it('keeps every row once, in its order among leaders and among copies', () => {
    fc.assert(
      fc.property(ranking, (rows) => {
        const folded = fold(rows, by)
        const shown = folded.flatMap(({ row, copies }) => [row, ...copies])
        expect(shown.map(({ id }) => id).sort()).toEqual(rows.map(({ id }) => id).sort())
        const place = (row: { id: string }) => rows.findIndex(({ id }) => id === row.id)
        for (const { row, copies } of folded) {
          const places = [row, ...copies].map(place)
          expect(places).toEqual([...places].sort((a, b) => a - b))
        }
        const leaders = folded.map(({ row }) => place(row))
        expect(leaders).toEqual([...leaders].sort((a, b) => a - b))
      }),
    )
  })

  it('of a longer list begins with the leaders of a shorter one, and none is folded later', () => {
    fc.assert(
      fc.property(ranking, fc.nat(25), (rows, cut) => {
        const leaders = (some: typeof rows) => fold(some, by).map(({ row }) => row.id)
        const shorter = leaders(rows.slice(0, cut))
        expect(leaders(rows).slice(0, shorter.length)).toEqual(shorter)
      }),
    )
  })

  it('leaves no two leaders that are copies of one another', () => {
    fc.assert(
      fc.property(ranking, (rows) => {
        const leaders = fold(rows, by).map(({ row }) => row)
        for (const [at, a] of leaders.entries()) {
          for (const b of leaders.slice(at + 1)) {
            const likeness = dot(a.vector, b.vector)
            expect(likeness).toBeLessThan(COPY_SIMILARITY)
            if (by === 'pictures') expect(a.sha256).not.toBe(b.sha256)
          }
        }
      }),
    )
  })
})
