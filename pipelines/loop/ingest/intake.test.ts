import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { forgetInBatch, listBatches, putBatch } from '../../feedback/inbox.ts'
import { refinedId } from '../../feedback/inbox-row.ts'
import { Intake, openKnown } from './intake.ts'
import { lineRow, refinedRow } from './refined-row.ts'
import type { SourceFile } from './source-files.ts'
import type { Verdict } from './verdict.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-intake-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

const file = (name: string): SourceFile => ({
  ...{ path: `/outputs/${name}`, kind: 'lines', bytes: 1, state: `1 ${name}`, changed: new Date(0) },
})
const row = (prompt: string) => refinedRow({ prompt }, 'a.jsonl')
const place = { path: '/outputs/a.jsonl', line: 1 }

describe('an intake', () => {
  it('notes a file only once its rows are in the inbox', async () => {
    const known = await openKnown(workspace)
    const intake = await Intake.open(workspace, known)
    await intake.take(row('one'), place)
    intake.done(file('a'))
    expect([known.memory.has(file('a')), (await listBatches(workspace)).length]).toEqual([false, 0])
    await intake.commit()
    expect([known.memory.has(file('a')), (await listBatches(workspace)).length]).toEqual([true, 1])
    expect((await openKnown(workspace)).memory.has(file('a'))).toBe(true)
  })

  it('leaves nothing behind of what was discarded', async () => {
    const intake = await Intake.open(workspace, await openKnown(workspace))
    await intake.take(row('one'), place)
    intake.done(file('a'))
    await intake.discard()
    expect(await readdir(join(workspace, 'inbox'))).toEqual([])
    expect((await openKnown(workspace)).memory.has(file('a'))).toBe(false)
  })

  it('knows what others put into the inbox, and what was forgotten there', async () => {
    const put = await putBatch(workspace, [
      { row: { id: refinedId('one', []), prompt: 'one', origin: 'refined' } },
      { row: { id: refinedId('two', []), prompt: 'two', origin: 'refined' } },
    ])
    await forgetInBatch(workspace, put?.name as string, new Set([refinedId('two', [])]))
    const intake = await Intake.open(workspace, await openKnown(workspace))
    for (const prompt of ['one', 'two', 'three', 'three']) await intake.take(row(prompt), place)
    await intake.commit()
    expect(intake.ledger).toMatchObject({ new: 1, known: 3 })
    expect(await listBatches(workspace)).toHaveLength(2)
  })

  it('writes rejects with their place, a line each, and no file where there are none', async () => {
    const intake = await Intake.open(workspace, await openKnown(workspace))
    await intake.take(row('fine'), place)
    await intake.commit()
    await expect(readFile(intake.rejects)).rejects.toThrow('ENOENT')
    await intake.take({ outcome: 'malformed', reason: 'it is no JSON' }, place)
    await intake.commit()
    const told = JSON.parse(await readFile(intake.rejects, 'utf8'))
    expect(told).toEqual({ path: '/outputs/a.jsonl', line: 1, outcome: 'malformed', reason: 'it is no JSON' })
  })
})

describe('an improved prompt from outside', () => {
  const outcome = (verdict: Verdict) => ('outcome' in verdict ? `${verdict.outcome}: ${verdict.reason}` : 'row')

  it.each([
    ['{"prompt":"x"}', 'row'],
    ['{"prompt":"x","asked":"y","scores":{"clip":0.3},"source_site":"here"}', 'row'],
    ['[]', /^malformed: .*object/],
    ['null', /^malformed: /],
    ['{"prompt":"x","parents":"row-1"}', /^malformed: parents: .*array/],
    ['{"prompt":"x","parents":[""]}', /^malformed: parents\.0: /],
    ['{"prompt":"x","scores":{"clip":"high"}}', /^malformed: scores\.clip: /],
    ['{"asked":"y"}', /^malformed: prompt: /],
    ['{"prompt":"\\u0000"}', 'row'],
    ['{"prompt":"x","asked":"x"}', /^unchanged: /],
  ])('%s is %s', (line, expected) => {
    const found = outcome(lineRow(line, 'a.jsonl'))
    if (typeof expected === 'string') expect(found).toBe(expected)
    else expect(found).toMatch(expected)
  })

  it('is too long by what was asked, too', () => {
    const verdict = refinedRow({ prompt: 'x', asked: 'y'.repeat(20_001) }, 'a.jsonl')
    expect(outcome(verdict)).toBe('too_long: what was asked has 20001 characters; 20000 are kept at most')
  })

  it('has an id of its prompt and its parents, whatever else is said', () => {
    const id = (verdict: Verdict) => ('items' in verdict ? verdict.items[0]?.row.id : undefined)
    const bare = refinedRow({ prompt: 'x', parents: ['a', 'b'] }, 'a.jsonl')
    expect(id(refinedRow({ prompt: 'x', parents: ['b', 'a'], asked: 'y', reason: 'z' }, 'b.csv'))).toBe(id(bare))
    expect(id(refinedRow({ prompt: 'x' }, 'a.jsonl'))).not.toBe(id(bare))
  })
})
