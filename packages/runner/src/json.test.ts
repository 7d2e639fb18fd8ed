import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { canonicalJson, sha256, shortJson } from './json.ts'

describe('canonicalJson', () => {
  it('does not depend on the order of keys, at any depth', () => {
    const one = canonicalJson({ b: [{ y: 1, x: { d: null, c: '' } }], a: true })
    expect(one).toBe('{"a":true,"b":[{"x":{"c":"","d":null},"y":1}]}')
    expect(canonicalJson({ a: true, b: [{ x: { c: '', d: null }, y: 1 }] })).toBe(one)
  })

  it('keeps the order of a list, which has a meaning', () => {
    expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]))
  })

  it('sorts by code units, not by the language of the machine', () => {
    expect(canonicalJson({ ä: 1, z: 2, Z: 3, a: 4 })).toBe('{"Z":3,"a":4,"z":2,"ä":1}')
  })

  it('tells apart what looks alike', () => {
    const texts = [1, '1', [1], { 0: 1 }, { '': 1 }, null, 'null', false, '', [], {}].map(canonicalJson)
    expect(new Set(texts).size).toBe(texts.length)
  })

  it('treats keys that mean something to JavaScript as keys', () => {
    const hostile = JSON.parse('{"constructor":2,"__proto__":{"admin":true}}')
    expect(canonicalJson(hostile)).toBe('{"__proto__":{"admin":true},"constructor":2}')
  })

  it('leaves out what is undefined, so that an option without a value is no option', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe(canonicalJson({ b: 1 }))
  })
})

describe('shortJson', () => {
  it('is the value itself up to 120 characters, and its digest beyond', () => {
    expect(shortJson('x'.repeat(118))).toBe(`"${'x'.repeat(118)}"`)
    expect(shortJson('x'.repeat(119))).toBe(`sha256:${sha256(`"${'x'.repeat(119)}"`)}`)
  })

  it('has a word for nothing', () => {
    expect(shortJson(undefined)).toBe('undefined')
    expect(shortJson(undefined)).not.toBe(shortJson('undefined'))
    expect(shortJson(null)).toBe('null')
  })
})

describe('sha256', () => {
  it('is taken of the text in UTF-8', () => {
    expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(sha256('é')).toBe(createHash('sha256').update(Uint8Array.of(0xc3, 0xa9)).digest('hex'))
    expect(sha256('é')).not.toBe(sha256('e\u0301'))
  })
})
