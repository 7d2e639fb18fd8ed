import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROMPT_SCHEMA, promptColumns } from '@promptloom/dataset/prompt-table'
import { writeTable } from '@promptloom/dataset/table-writer'
import { run } from '@promptloom/runner/run'
import type { Stage } from '@promptloom/runner/stage'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { recordOpinions } from '../../ratings.ts'
import { logSearch } from '../../search-log.ts'
import { queuedPrompts } from './queued-prompts.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-queued-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

const { signal } = new AbortController()
const ofFile = async (name: string, content: string | Buffer) => {
  const file = join(workspace, name)
  await writeFile(file, content)
  return (await queuedPrompts({ file }, workspace, signal)).map(({ prompt }) => prompt)
}

describe('prompts of a file', () => {
  it.each([
    ['lines.txt', '\uFEFFa cat\r\n\r\n  a dog  \n# 1 in art\na cat\n', ['a cat', 'a dog', '# 1 in art']],
    ['table.csv', 'id,prompt\n1,"a cat, sitting"\n2,\n3,"say ""hi"""\n', ['a cat, sitting', 'say "hi"']],
    ['broken.csv', 'id,prompt\n1,"never closed\n2,a dog\n3\n', ['a dog']],
    ['lines.jsonl', '{"prompt":"a cat","id":1}\n"a dog"\n\n', ['a cat', 'a dog']],
    ['UPPER.TXT', 'a cat', ['a cat']],
    ['empty.txt', '', []],
  ])('%s', async (name, content, expected) => expect(await ofFile(name, content)).toEqual(expected))

  it.each([
    ['a kind that is not known', 'prompts.xlsx', 'x', /neither \.txt, \.csv nor \.jsonl/],
    ['a line that is no prompt', 'lines.jsonl', '"a"\n{"text":"b"}\n', /line 2 is neither/],
    ['a line that is no JSON', 'lines.jsonl', '{', /line 1 is neither/],
    ['a table without prompts', 'table.csv', 'id,text\n1,a\n', /prompt/],
  ])('%s is refused in one sentence', async (_, name, content, message) => {
    await expect(ofFile(name, content)).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(message) })
  })

  it.each([
    ['UTF-16', Buffer.from('\uFEFFa cat\r\n', 'utf16le')],
    ['UTF-16 without a mark', Buffer.from('a cat\r\n', 'utf16le')],
    ['Latin-1', Buffer.from('caf\xe9\n', 'latin1')],
  ])('text in %s is refused, and not read as something else', async (_, content) => {
    for (const name of ['lines.txt', 'lines.jsonl']) {
      await expect(ofFile(name, content)).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringMatching(/UTF-8/),
      })
    }
  })

  it('a file that is not there is the user’s mistake', async () => {
    const asked = queuedPrompts({ file: join(workspace, 'none.txt') }, workspace, signal)
    await expect(asked).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('ENOENT') })
  })
})

describe('prompts of what was done', () => {
  it('are the questions asked most', async () => {
    for (const text of ['b', 'a', 'b', 'c', 'a', 'b']) await logSearch(workspace, { terms: [{ text }] })
    const found = await queuedPrompts({ mostSearched: 2 }, workspace, signal)
    expect(found.map(({ prompt }) => prompt)).toEqual(['b', 'a'])
  })

  it('are the rows rated under a mark by the latest word, the worst first, with their ids', async () => {
    await collect([
      ['r1', 'liked'],
      ['r2', 'not so'],
      ['r3', 'bad'],
      ['r4', 'never rated'],
    ])
    const rate = (id: string, rating: number) => recordOpinions(workspace, [{ id, kind: 'rated', rating }])
    for (const rating of [1, 5]) await rate('r1', rating)
    await rate('r2', 2)
    await rate('r3', 1)
    await rate('gone', 1)
    await recordOpinions(workspace, [{ id: 'r4', kind: 'discarded' }])
    expect(await queuedPrompts({ ratedUnder: 3 }, workspace, signal)).toEqual([
      { prompt: 'bad', of: 'r3' },
      { prompt: 'not so', of: 'r2' },
    ])
  })

  it('are none where nobody did anything', async () => {
    expect(await queuedPrompts({ mostSearched: 500 }, workspace, signal)).toEqual([])
    expect(await queuedPrompts({ ratedUnder: 3 }, workspace, signal)).toEqual([])
  })
})

/** Commits rows as the first stage does. */
async function collect(rows: readonly (readonly [id: string, prompt: string])[]): Promise<void> {
  const stage: Stage<object> = {
    name: 'download',
    version: 1,
    options: z.object({}),
    outcomes: { ok: 'ok' },
    plan: async () => [{ name: '00000', rows: rows.length }],
    async process(_, context) {
      const whole = rows.map(([id, prompt]) => ({ id, prompt, origin: 'dataset' as const, parents: [], ...blank }))
      await writeTable(context.write('parquet'), PROMPT_SCHEMA, promptColumns(whole))
      return { outcomes: { ok: rows.length } }
    },
  }
  const { exitCode } = await run({ workspace, pipeline: [{ stage: stage as Stage<unknown>, options: {} }] })
  expect(exitCode).toBe(0)
}

const blank = { url: '', width: 0, height: 0, source_site: '' }
