import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { benchAddress, benchOf } from './bench.ts'

const read = (address: string) => benchOf(new URL(address, 'http://localhost').searchParams)
const name = fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' })

describe('any workbench', () => {
  it('is read from its address as it was', () => {
    const bench = fc.record({
      refine: fc.option(name, { nil: undefined }),
      paints: fc.uniqueArray(name, { maxLength: 8 }),
      prompt: fc.option(name, { nil: undefined }),
    })
    fc.assert(
      fc.property(bench, (one) => {
        expect(read(benchAddress(one))).toEqual(one)
      }),
    )
  })

  it('keeps the address of what it shows, wherever the address came from', () => {
    const pair = fc.tuple(fc.constantFrom('refine', 'paint', 'prompt', 'x'), fc.string({ maxLength: 5 }))
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 20 }), (pairs) => {
        const bench = benchOf(new URLSearchParams(pairs))
        expect(read(benchAddress(bench))).toEqual(bench)
      }),
    )
  })

  it('follows each painting once, and a few at most, however many an address names', () => {
    const paints = Array.from({ length: 40 }, (_, at) => `paint=job-${at >> 1}`).join('&')
    const bench = read(`/make?${paints}&paint=`)
    expect(bench.paints).toEqual(Array.from({ length: 8 }, (_, at) => `job-${at}`))
  })

  it('takes what is named without a value for not named', () => {
    expect(read('/make?refine=&prompt=&paint=')).toEqual({ refine: undefined, paints: [], prompt: undefined })
  })
})
