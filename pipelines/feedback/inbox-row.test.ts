import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { digest, forgottenLineSchema, generatedId, inboxRowSchema, lineageSchema, refinedId } from './inbox-row.ts'

const row = { id: 'g-1', prompt: 'a cat', origin: 'generated', created: '2026-03-01T22:00:00.000Z' }
const maker = { kind: 'llm', label: 'gpt', standIn: false }
const SHA = 'ab'.repeat(32)

describe('a row of the inbox', () => {
  it('has everything that a row of the collection has, empty where nothing was said', () => {
    expect(inboxRowSchema.parse(row)).toEqual({
      ...row,
      ...{ url: '', width: 0, height: 0, source_site: '', parents: [], lineage: {} },
    })
  })

  it.each<[string, object, string]>([
    ['without an id', { id: '' }, 'id'],
    ['with an id beyond 500 characters', { id: 'x'.repeat(501) }, 'id'],
    ['without a prompt', { prompt: '' }, 'prompt'],
    ['with a prompt beyond 20,000 characters', { prompt: 'x'.repeat(20_001) }, 'prompt'],
    ['that says it is of the dataset', { origin: 'dataset' }, 'origin'],
    ['with half a pixel', { width: 0.5 }, 'width'],
    ['with fewer pixels than none', { height: -1 }, 'height'],
    ['with more pixels than a column holds', { width: 2 ** 32 }, 'width'],
    ['with a parent that has no name', { parents: [''] }, 'parents.0'],
    ['with more parents than can be', { parents: Array.from({ length: 1_001 }, (_, at) => `p${at}`) }, 'parents'],
    ['with a picture of no digest', { picture: { sha256: 'abc' } }, 'picture.sha256'],
    ['with a digest in capitals', { picture: { sha256: SHA.toUpperCase() } }, 'picture.sha256'],
    ['with a digest that leads elsewhere', { picture: { sha256: `../${SHA.slice(3)}` } }, 'picture.sha256'],
    ['of no moment', { created: 'yesterday' }, 'created'],
    ['of a moment without a zone', { created: '2026-03-01T22:00:00' }, 'created'],
    ['with a key that nobody knows', { rating: 5 }, ''],
    ['with a lineage that nobody knows', { lineage: { mood: 'good' } }, 'lineage'],
  ])('%s is none, and it is told where', (_, more, path) => {
    const { error } = inboxRowSchema.safeParse({ ...row, ...more })
    expect(error?.issues[0]?.path.join('.')).toBe(path)
  })

  it.each<[string, object]>([
    ['the longest prompt', { prompt: 'x'.repeat(20_000) }],
    ['the largest picture that a column holds', { width: 2 ** 32 - 1, height: 2 ** 32 - 1 }],
    ['as many parents as can be', { parents: Array.from({ length: 1_000 }, (_, at) => `p${at}`) }],
    ['a picture', { picture: { sha256: SHA } }],
  ])('may have %s', (_, more) => {
    expect(inboxRowSchema.parse({ ...row, ...more })).toMatchObject(more)
  })

  it('is what it was after it was written down as a line', () => {
    const whole = {
      ...row,
      parents: ['n1'],
      lineage: {
        ...{ asked: 'cat', reason: 'more', refiner: maker, painter: { ...maker, standIn: true } },
        ...{ neighbours: [{ id: 'n1', similarity: 0.5 }], parameters: { seed: 7, nested: { a: [1, null] } } },
        ...{ scores: { clip: 0.3 }, tool: 'comfyui', file: 'a.png' },
      },
    }
    const parsed = inboxRowSchema.parse(whole)
    expect(inboxRowSchema.parse(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed)
    expect(parsed.lineage).toEqual(whole.lineage)
  })
})

describe('how a row came about', () => {
  it.each<[string, object]>([
    ['a maker without a kind', { refiner: { ...maker, kind: '' } }],
    ['a maker that does not say whether it stands in', { painter: { kind: 'sketch', label: 'x' } }],
    ['a likeness that is no number', { neighbours: [{ id: 'n', similarity: 'near' }] }],
    ['a likeness that JSON cannot hold', { neighbours: [{ id: 'n', similarity: Number.NaN }] }],
    ['a score that is no number', { scores: { clip: '0.3' } }],
    ['a name of a tool without end', { tool: 'x'.repeat(201) }],
  ])('is not told by %s', (_, lineage) => {
    expect(lineageSchema.safeParse(lineage).success).toBe(false)
  })
})

describe('a line of a row that was forgotten', () => {
  it('has the id and nothing else', () => {
    expect(forgottenLineSchema.parse({ forgotten: 'g-1' })).toEqual({ forgotten: 'g-1' })
    expect(forgottenLineSchema.safeParse({ forgotten: 'g-1', prompt: 'a cat' }).success).toBe(false)
    expect(forgottenLineSchema.safeParse({ forgotten: '' }).success).toBe(false)
  })
})

describe('ids', () => {
  it('of improved prompts are the same in any order of parents, and never mix words with parents', () => {
    const parents = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 5 })
    fc.assert(
      fc.property(fc.string(), parents, (prompt, ids) => {
        const id = refinedId(prompt, ids)
        expect(id).toMatch(/^r-[0-9a-f]{16}$/)
        expect(refinedId(prompt, [...ids].reverse())).toBe(id)
        expect(refinedId(`${prompt}x`, ids)).not.toBe(id)
        expect(refinedId(prompt, [...ids, `another than ${ids.join()}`])).not.toBe(id)
      }),
    )
    expect(refinedId('a","b', ['c'])).not.toBe(refinedId('a', ['b', 'c']))
  })

  it('leave the list of parents as it was', () => {
    const parents = ['b', 'a']
    refinedId('a cat', parents)
    expect(parents).toEqual(['b', 'a'])
  })

  it('of pictures are the beginning of their digest, so that they fit what lies in the inbox', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(digest(bytes).startsWith(generatedId(bytes).slice(2))).toBe(true)
      }),
    )
    expect(digest('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  })
})
