import type { Session } from 'chdb'
import { expect, test } from 'vitest'
import { SessionPool } from './session-pool.ts'

/** Sessions that only know their number and whether they are open. */
function sessions() {
  const open = new Set<number>()
  let made = 0
  const start = () => {
    const number = made++
    open.add(number)
    return { number, close: () => open.delete(number) } as unknown as Session
  }
  return { pool: new SessionPool(start), open, made: () => made }
}

test('a session goes only to a statement that sets the names which were set in it before', () => {
  const { pool } = sessions()
  const first = pool.take('log_comment,max_threads')
  pool.giveBack('log_comment,max_threads', first)
  const other = pool.take('log_comment')
  expect(other).not.toBe(first)
  expect(pool.take('log_comment,max_threads')).toBe(first)
})

test('no two statements have the same session at a time', () => {
  const { pool, made } = sessions()
  const taken = Array.from({ length: 3 }, () => pool.take('a'))
  expect(new Set(taken).size).toBe(3)
  for (const session of taken) pool.giveBack('a', session)
  expect(new Set(Array.from({ length: 3 }, () => pool.take('a')))).toEqual(new Set(taken))
  expect(made()).toBe(3)
})

test('of many that are idle the oldest are closed, and closing the pool closes the rest', () => {
  const { pool, open } = sessions()
  const names = Array.from({ length: 15 }, (_, at) => `name${at}`)
  for (const [name, session] of names.map((one) => [one, pool.take(one)] as const)) pool.giveBack(name, session)
  expect([...open]).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14])
  pool.close()
  expect(open.size).toBe(0)
})
