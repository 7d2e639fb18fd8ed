// @vitest-environment happy-dom
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type StudioDouble, studioDouble } from '../studio.double.ts'
import { around, dropAround, lookAgain, lookFailure, lookFurther, order } from './looking-around.ts'

let server: StudioDouble
const { happyDOM } = window as unknown as { happyDOM: { setURL(url: string): void } }

beforeAll(async () => {
  server = await studioDouble({ rows: 100 })
})
afterAll(() => server[Symbol.asyncDispose]())

const ids = () => around.value.map(({ id }) => id)

describe('looking around', () => {
  it('tells why nothing came, and asks for the same page once it is told to', async () => {
    // The port of TCP's own multiplexer: nothing listens there.
    happyDOM.setURL('http://127.0.0.1:1/')
    await lookFurther()
    expect(lookFailure.value?.message).toContain('Is “promptloom studio” still running?')
    happyDOM.setURL(`${server.url}/`)
    await lookFurther()
    expect(lookFailure.value).toBeNull()
    expect(around.value).toHaveLength(60)
  })

  it('goes on to the end, each row once, and no further', async () => {
    await lookFurther()
    await lookFurther()
    expect(around.value).toHaveLength(100)
    expect(new Set(ids()).size).toBe(100)
  })

  it('leaves out what was forgotten', () => {
    dropAround('row-00005')
    expect(ids()).not.toContain('row-00005')
  })

  it('shows no row twice where rows that have come meanwhile move the pages', async () => {
    lookAgain('newest')
    expect([order.value, around.value.length]).toEqual(['newest', 0])
    await lookFurther()
    // The first page is still on its way: nothing else was asked for.
    for (let turn = 0; turn < 2_000 && around.value.length === 0; turn++)
      await new Promise((resolve) => setTimeout(resolve, 5))
    const first = around.value
    around.value = [...first, { ...first[0], id: 'row-00060' } as (typeof first)[number]]
    await lookFurther()
    expect(new Set(ids()).size).toBe(ids().length)
    expect(ids().filter((id) => id === 'row-00060')).toHaveLength(1)
  })
})
