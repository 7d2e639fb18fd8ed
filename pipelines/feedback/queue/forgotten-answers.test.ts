import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { digest } from '../inbox-row.ts'
import { forgetAnswers } from './forgotten-answers.ts'
import { QueueJournal } from './journal.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-answers-'))
  const journal = await QueueJournal.open(workspace)
  const maker = { kind: 'double', label: 'a double', standIn: true }
  const variant = (prompt: string) => ({ prompt, reason: 'so', neighbours: [] })
  const usage = { inputTokens: 100, outputTokens: 20, cost: 0.5 }
  const refined = { kind: 'refined' as const, outcome: 'ok', neighbours: [], refiner: maker, usage }
  await journal.add({ ...refined, key: 'a', variants: [variant('secret cat'), variant('fine cat')] })
  const painted = {
    kind: 'painted' as const,
    outcome: 'ok',
    painter: maker,
    parameters: { prompt: 'secret cat', seed: 7 },
  }
  await journal.add({ ...painted, key: 'b', sha256: digest('secret picture') }, Buffer.from('secret picture'))
  await journal.add({ ...painted, key: 'c', sha256: digest('fine'), parameters: { seed: 8 } }, Buffer.from('fine'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

const path = () => join(workspace, 'queue', 'journal.jsonl')

describe('answers that are forgotten', () => {
  it('lose what they said, and stay paid', async () => {
    await forgetAnswers(workspace, { prompts: new Set(['secret cat']), pictures: new Set([digest('secret picture')]) })
    expect(await readFile(path(), 'utf8')).not.toContain('secret')
    expect(await readdir(join(workspace, 'queue'))).toEqual(expect.not.arrayContaining([digest('secret picture')]))
    const journal = await QueueJournal.open(workspace)
    expect(journal.refined('a')?.variants.map(({ prompt }) => prompt)).toEqual(['fine cat'])
    expect(journal.painted('b')).toMatchObject({ outcome: 'ok', parameters: {}, sha256: digest('secret picture') })
    expect(journal.painted('c')?.parameters).toEqual({ seed: 8 })
    expect(String(await journal.picture(digest('fine')))).toBe('fine')
    expect(journal.spentSince(new Date(0))).toEqual({ tokens: 120, cost: 0.5, pictures: 2 })
  })

  it('leave a journal alone that has none of them, its last line cut short or not', async () => {
    await appendFile(path(), '{"kind":"refined","key":"half')
    const before = await readFile(path(), 'utf8')
    await forgetAnswers(workspace, { prompts: new Set(['other']), pictures: new Set([digest('other')]) })
    expect(await readFile(path(), 'utf8')).toBe(before)
  })

  it('are none where there is no queue', async () => {
    await rm(join(workspace, 'queue'), { recursive: true })
    await forgetAnswers(workspace, { prompts: new Set(['secret cat']), pictures: new Set() })
    await expect(readFile(path())).rejects.toThrow('ENOENT')
  })
})
