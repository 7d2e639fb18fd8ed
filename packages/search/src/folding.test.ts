import { describe, expect, it } from 'vitest'
import { type Foldable, fold } from './folding.ts'

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
