import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROMPT_SCHEMA, promptColumns, promptRows } from './prompt-table.ts'
import type { PromptRow } from './row.ts'
import { openTable, readTable } from './table-reader.ts'
import { writeTable } from './table-writer.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-prompts-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const row = (id: string, over: Partial<PromptRow> = {}): PromptRow => ({
  ...{ id, prompt: `prompt of ${id}`, url: '', width: 0, height: 0, source_site: '', origin: 'dataset', parents: [] },
  ...over,
})

async function stored(rows: readonly PromptRow[], rowGroupRows = 10_000): Promise<string> {
  const path = join(folder, `${rows.length}-${rowGroupRows}.parquet`)
  await writeTable(path, PROMPT_SCHEMA, promptColumns(rows), { rowGroupRows })
  return path
}

describe('prompts in a table', () => {
  it('are to the letter what their authors wrote', async () => {
    const prompts = [
      '\uFEFFbegins with a byte-order mark',
      '\uFEFF',
      ' blanks around ',
      'tabs\tand\r\nlines\n',
      '"quoted", with commas',
      'é e\u0301 ﷽ 日本 🐈‍⬛',
      '\u0000\u001b[2J\u2028',
      'x'.repeat(100_000),
      'NULL',
      '(masterpiece:1.3), [[detailed]], <lora:x:0.8>',
    ]
    const rows = prompts.map((prompt, index) => row(`${index}`, { prompt }))
    expect(promptRows((await readTable(await stored(rows), PROMPT_SCHEMA)).columns)).toEqual(rows)
  })

  it('have ids and parents that stay apart, though an invisible mark alone tells them apart', async () => {
    const parents = ['a', '\uFEFFa', 'a\uFEFF', 'a\u200b']
    const rows = [...parents.map((id) => row(id)), row('child', { origin: 'refined', parents })]
    const back = promptRows((await readTable(await stored(rows), PROMPT_SCHEMA)).columns)
    expect(new Set(back.map(({ id }) => id)).size).toBe(5)
    expect(back.at(-1)?.parents).toEqual(parents)
  })

  it('keep their order and parents across row groups, whichever is read first', async () => {
    const rows = Array.from({ length: 25 }, (_, index) =>
      row(`id-${index}`, { parents: Array.from({ length: index % 3 }, (_, one) => `p${index}-${one}`), width: index }),
    )
    using table = await openTable(await stored(rows, 10), PROMPT_SCHEMA)
    expect(table.rowGroups).toEqual([10, 10, 5])
    const last = await table.rowGroup(2)
    expect([last.firstRow, promptRows(last.columns)]).toEqual([20, rows.slice(20)])
    expect(promptRows((await table.rowGroup(0)).columns)).toEqual(rows.slice(0, 10))
    await expect(table.rowGroup(3)).rejects.toThrow(/has 3 row groups, no number 3/)
  })

  it('are none where there are none', async () => {
    expect(promptRows((await readTable(await stored([]), PROMPT_SCHEMA)).columns)).toEqual([])
  })
})
