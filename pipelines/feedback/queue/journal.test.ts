import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { digest } from '../inbox-row.ts'
import { type NewEntry, QueueJournal } from './journal.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-journal-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

const maker = { kind: 'double', label: 'a double', standIn: true }
const refined = (key: string, more: object = {}) =>
  ({
    kind: 'refined',
    key,
    outcome: 'ok',
    variants: [{ prompt: `${key}, better`, reason: 'so', neighbours: ['n1'] }],
    neighbours: [{ id: 'n1', similarity: 0.5 }],
    refiner: maker,
    usage: { inputTokens: 100, outputTokens: 20, cost: 0.5 },
    ...more,
  }) satisfies NewEntry
const painted = (key: string, bytes: string, more: object = {}) =>
  ({
    kind: 'painted',
    key,
    outcome: 'ok',
    sha256: digest(bytes),
    parameters: { seed: 7 },
    painter: maker,
    ...more,
  }) satisfies NewEntry

const reopened = () => QueueJournal.open(workspace)

describe('the journal of the queue', () => {
  it('gives every answer back after a restart, and the pictures', async () => {
    const journal = await reopened()
    await journal.add(refined('a'))
    await journal.add(painted('b', 'bytes'), Buffer.from('bytes'))
    const again = await reopened()
    expect(again.refined('a')).toMatchObject(refined('a'))
    expect(again.painted('b')).toMatchObject(painted('b', 'bytes'))
    expect(String(await again.picture(digest('bytes')))).toBe('bytes')
    expect([again.refined('b'), again.painted('a'), again.refined('c')]).toEqual([undefined, undefined, undefined])
  })

  it('knows an answer at once, without being opened again', async () => {
    const journal = await reopened()
    await journal.add(refined('a', { outcome: 'llm_refused', variants: [] }))
    expect(journal.refined('a')?.outcome).toBe('llm_refused')
  })

  it('passes over the line that a crash cut short, and goes on after it', async () => {
    await (await reopened()).add(refined('a'))
    await appendFile(join(workspace, 'queue', 'journal.jsonl'), '{"kind":"refined","key":"half')
    const journal = await reopened()
    await journal.add(refined('b'))
    const again = await reopened()
    expect([again.refined('a')?.key, again.refined('b')?.key, again.refined('half')]).toEqual(['a', 'b', undefined])
  })

  it('gives no picture whose bytes are not what was painted', async () => {
    const journal = await reopened()
    await journal.add(painted('a', 'bytes'), Buffer.from('bytes'))
    await writeFile(join(workspace, 'queue', digest('bytes')), 'other')
    expect(await journal.picture(digest('bytes'))).toBeUndefined()
  })

  it('lets a picture go when the inbox has it', async () => {
    const journal = await reopened()
    await journal.add(painted('a', 'bytes'), Buffer.from('bytes'))
    await journal.delivered(digest('bytes'))
    await journal.delivered(digest('bytes'))
    expect(await journal.picture(digest('bytes'))).toBeUndefined()
    expect(await readdir(join(workspace, 'queue'))).toEqual(['journal.jsonl'])
  })

  it('counts pictures that were asked for and never answered, each time, also once a later call is answered', async () => {
    const journal = await reopened()
    await journal.ask('a')
    await journal.ask('b')
    await journal.withdraw('b')
    expect([journal, await reopened()].map((one) => one.spentSince(new Date(0)).pictures)).toEqual([1, 1])
    // The process was killed after asking for the first; the next run asks again.
    const again = await reopened()
    await again.ask('a')
    expect(again.spentSince(new Date(0)).pictures).toBe(2)
    await again.add(painted('a', 'bytes'), Buffer.from('bytes'))
    expect([again, await reopened()].map((one) => one.spentSince(new Date(0)).pictures)).toEqual([2, 2])
    expect((await reopened()).spentSince(new Date(Date.now() + 60_000)).pictures).toBe(0)
  })

  it('counts calls of the refiner that were never answered at their worst, until the calls after them are answered', async () => {
    const journal = await reopened()
    const worst = { tokens: 1_000, cost: 2 }
    const spent = async () => [journal, await reopened()].map((one) => one.spentSince(new Date(0)))
    await journal.ask('a', worst)
    await journal.ask('b', worst)
    await journal.withdraw('b')
    await journal.ask('c', { tokens: 500, cost: null })
    expect(await spent()).toEqual(Array(2).fill({ tokens: 1_500, cost: 2, pictures: 0 }))
    expect((await reopened()).unansweredSince(new Date(0))).toEqual({ refiner: 2, painter: 0 })
    // Asked again after a kill, malformed and repaired: two calls, one answer.
    for (let call = 0; call < 2; call++) await journal.ask('a', worst)
    await journal.add(refined('a', { usage: { calls: 2, inputTokens: 7, outputTokens: 3, cost: 0.5 } }))
    expect(await spent()).toEqual(Array(2).fill({ tokens: 1_510, cost: 2.5, pictures: 0 }))
    expect((await reopened()).unansweredSince(new Date(0))).toEqual({ refiner: 2, painter: 0 })
    expect((await reopened()).unansweredSince(new Date(Date.now() + 60_000))).toEqual({ refiner: 0, painter: 0 })
  })

  it('takes an answer that is of no use, and asked for again, for that of its call', async () => {
    const journal = await reopened()
    await journal.ask('a', { tokens: 1_000, cost: null })
    await journal.add(refined('a 2026-01-01T00:00:00.000Z', { outcome: 'llm_error', variants: [] }))
    expect((await reopened()).unansweredSince(new Date(0))).toEqual({ refiner: 0, painter: 0 })
    expect((await reopened()).spentSince(new Date(0)).tokens).toBe(120)
    expect((await reopened()).refined('a')).toBeUndefined()
  })

  it('counts what was spent since a moment, answers of no use included', async () => {
    const journal = await reopened()
    await journal.add(refined('a'))
    await journal.add(refined('b', { outcome: 'llm_malformed' }))
    await journal.add(refined('c', { usage: null }))
    await journal.add(refined('d', { usage: { inputTokens: 1, outputTokens: 1, cost: null } }))
    await journal.add(painted('e', 'bytes'), Buffer.from('bytes'))
    await journal.add(painted('f', '', { outcome: 'generator_refused', sha256: '' }))
    expect((await reopened()).spentSince(new Date(0))).toEqual({ tokens: 242, cost: 1, pictures: 1 })
    expect((await reopened()).spentSince(new Date(Date.now() + 60_000))).toEqual({ tokens: 0, cost: 0, pictures: 0 })
  })
})
