import { describe, expect, it } from 'vitest'
import {
  asksSomething,
  forWords,
  likeRow,
  NOTHING,
  nameOf,
  type Part,
  promptsOfRow,
  sameThing,
  turned,
  withoutPart,
  withPart,
} from './query.ts'

const fog: Part = { kind: 'words', text: 'fog', minus: true }
const row: Part = { kind: 'row', id: 'fog', minus: false }

describe('a query', () => {
  it('asks something when words, a phrase or a part with a plus are there', () => {
    expect(asksSomething(NOTHING)).toBe(false)
    expect(asksSomething({ ...NOTHING, words: '   ' })).toBe(false)
    expect(asksSomething({ ...NOTHING, parts: [fog] })).toBe(false)
    expect(asksSomething({ ...NOTHING, filters: { minWidth: 512 } })).toBe(false)
    expect(asksSomething({ ...NOTHING, parts: [fog, row] })).toBe(true)
    expect(asksSomething({ ...NOTHING, phrases: ['sharp focus'] })).toBe(true)
    expect(asksSomething({ ...NOTHING, words: 'a cat' })).toBe(true)
  })

  it('holds a thing once, with the sign that it was last given', () => {
    const both = withPart(withPart(NOTHING, fog), { ...fog, minus: false })
    expect(both.parts).toEqual([{ kind: 'words', text: 'fog', minus: false }])
    expect(withPart(both, row).parts).toHaveLength(2)
  })

  it('turns and loses parts by what they name', () => {
    const query = withPart(withPart(NOTHING, fog), row)
    expect(turned(query, fog).parts).toEqual([{ ...fog, minus: false }, row])
    expect(withoutPart(query, { ...fog, minus: false }).parts).toEqual([row])
  })

  it('tells a word from a row, an address and a dropped picture of the same name', () => {
    const parts: Part[] = [
      fog,
      row,
      { kind: 'address', url: 'fog', minus: false },
      { kind: 'dropped', key: 'fog', minus: false },
    ]
    expect(new Set(parts.map(nameOf)).size).toBe(4)
    expect(sameThing(fog, row)).toBe(false)
    expect(sameThing(fog, { ...fog, minus: false })).toBe(true)
  })

  it('asks for more like a row, for the prompts that made it, for words', () => {
    expect(likeRow('7')).toEqual({ ...NOTHING, parts: [{ kind: 'row', id: '7', minus: false }] })
    expect(promptsOfRow('7')).toEqual({ ...likeRow('7'), find: 'prompts' })
    expect(forWords('sharp focus', 'prompts')).toEqual({ ...NOTHING, words: 'sharp focus', find: 'prompts' })
  })
})
