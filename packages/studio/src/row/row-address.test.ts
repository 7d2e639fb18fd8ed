import { describe, expect, it } from 'vitest'
import { NOTHING } from '../question/query.ts'
import { rowAddress, rowIdOf } from './row-address.ts'

describe('the address of a row', () => {
  it.each(['7', 'a/b c?', '../../etc', '%2F', 'née', 'x.y#z'])('leads to the row %j and no other', (id) => {
    const address = rowAddress(id, { ...NOTHING, words: 'a cat' })
    expect(rowIdOf(new URL(address, 'http://localhost').pathname)).toBe(id)
    expect(new URL(address, 'http://localhost').searchParams.get('q')).toBe('a cat')
  })

  it.each(['/', '/row/', '/row/a/b', '/make', '/row/%E0%A4%A'])('is not %j', (path) => {
    expect(rowIdOf(path)).toBeUndefined()
  })
})
