import { describe, expect, it } from 'vitest'
import { benchAddress, benchOf } from './bench.ts'

const read = (address: string) => benchOf(new URL(address, 'http://localhost').searchParams)

describe('the address of the workbench', () => {
  it('is read as the same workbench', () => {
    const bench = { refine: 'job-1', paints: ['job-3', 'job-2'], prompt: 'a cat & a dog' }
    expect(read(benchAddress(bench))).toEqual(bench)
    expect(benchAddress({})).toBe('/make')
    expect(read('/make')).toEqual({ refine: undefined, paints: [], prompt: undefined })
  })

  it('names the latest paintings alone, so that it stays an address', () => {
    const paints = Array.from({ length: 30 }, (_, index) => `job-${index}`)
    expect(read(benchAddress({ paints })).paints).toEqual(paints.slice(0, 8))
  })
})
