import { describe, expect, it } from 'vitest'
import { addressOf, queryOf } from './link.ts'
import { NOTHING, type Query } from './query.ts'

const read = (address: string) => queryOf(new URL(address, 'http://localhost').searchParams)

const EVERYTHING: Query = {
  words: 'a castle & a "moat"',
  parts: [
    { kind: 'words', text: 'dense fog', minus: false },
    { kind: 'words', text: 'people', minus: true },
    { kind: 'row', id: 'a/b c?', minus: false },
    { kind: 'row', id: 'r-1', minus: true },
    { kind: 'address', url: 'https://example.org/a.png?x=1&y=2', minus: false },
    { kind: 'dropped', key: '00ff00ff00ff00ff', minus: true },
  ],
  phrases: ['sharp focus', 'by night'],
  find: 'prompts',
  filters: {
    minWidth: 512,
    maxWidth: 2048,
    minHeight: 512,
    maxHeight: 4096,
    minRating: 3,
    orientation: 'portrait',
    sources: ['a', 'b'],
    origins: ['refined', 'generated'],
    runs: ['run-1'],
    since: '2026-01-31',
    until: '2026-12-01',
    hasPicture: false,
  },
  hybrid: true,
  cutoff: false,
  fold: false,
}

describe('the address of a query', () => {
  it('says everything, and is read as the same query', () => {
    expect(read(addressOf(EVERYTHING))).toEqual({
      ...EVERYTHING,
      filters: { ...EVERYTHING.filters, origins: ['refined', 'generated'] },
    })
  })

  it('is short where little is asked', () => {
    expect(addressOf(NOTHING)).toBe('/')
    expect(addressOf({ ...NOTHING, words: 'a cat' })).toBe('/?q=a+cat')
    expect(addressOf({ ...NOTHING, words: 'a cat' }, '/row/7')).toBe('/row/7?q=a+cat')
  })

  it.each([
    ['/', NOTHING],
    ['/?q=a+cat', { ...NOTHING, words: 'a cat' }],
    [
      '/?minus=fog&plus=sun',
      {
        parts: [
          { kind: 'words', text: 'fog', minus: true },
          { kind: 'words', text: 'sun', minus: false },
        ],
      },
    ],
    ['/?unlike=7', { parts: [{ kind: 'row', id: '7', minus: true }] }],
    ['/?hasPicture=true', { filters: { hasPicture: true } }],
  ])('reads %s', (address, expected) => {
    expect(read(address)).toEqual({ ...NOTHING, ...expected })
  })

  it.each([
    '/?q=&plus=&minus=&like=&phrase=',
    '/?minWidth=wide&maxWidth=-3&minRating=NaN&minHeight=Infinity',
    '/?shape=round&origin=mars&since=yesterday&until=2026-1-1&hasPicture=perhaps',
    '/?find=money&keywords=1&cutoff=no&fold=0&whatever=1',
    '/?__proto__=1&constructor=2',
  ])('leaves out what makes no sense in %s', (address) => {
    expect(read(address)).toEqual(NOTHING)
  })

  it('takes no more phrases than the server does', () => {
    const many = Array.from({ length: 12 }, (_, index) => `phrase=p${index}`).join('&')
    expect(read(`/?${many}`).phrases).toHaveLength(8)
  })
})
