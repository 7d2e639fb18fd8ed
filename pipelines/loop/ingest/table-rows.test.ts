import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TableRow, tableRows } from './table-rows.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-table-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function rowsOf(content: string): Promise<TableRow[]> {
  const path = join(folder, 'table.csv')
  await writeFile(path, content)
  const found: TableRow[] = []
  for await (const row of tableRows(path, 'table.csv')) found.push(row)
  return found
}

const shown = (rows: TableRow[]) =>
  rows.map(({ number, verdict }) => `${number} ${'items' in verdict ? verdict.items[0]?.row.prompt : verdict.outcome}`)

describe('the rows of a table of improved prompts', () => {
  it('come in order, with columns in any order and others passed over', async () => {
    const rows = await rowsOf('extra,enhanced_prompt, original_prompt \n1,"a\nb",a\n2,c,d\n')
    expect(shown(rows)).toEqual(['1 a\nb', '2 c'])
    expect(rows[0]?.verdict).toMatchObject({ items: [{ row: { parents: [], lineage: { asked: 'a' } } }] })
  })

  it('are all there, and numbered, over many slices', async () => {
    const lines = Array.from({ length: 2_345 }, (_, at) => `p${at},better ${at}`)
    const rows = await rowsOf(`original_prompt,enhanced_prompt\n${lines.join('\n')}\n`)
    expect(rows).toHaveLength(2_345)
    expect(shown(rows.slice(998, 1_002))).toEqual([
      '999 better 998',
      '1000 better 999',
      '1001 better 1000',
      '1002 better 1001',
    ])
  })

  it('are judged one by one: broken quotes cost their line alone', async () => {
    const rows = await rowsOf('original_prompt,enhanced_prompt\na,"b"x\nc,d\ne\nf,\n')
    expect(shown(rows)).toEqual(['1 malformed', '2 d', '3 malformed', '4 empty_prompt'])
  })

  it('are none in a table with a header alone', async () => {
    expect(await rowsOf('original_prompt,enhanced_prompt\n')).toEqual([])
  })

  it.each(['', 'a,b\n', 'original_prompt\nx\n'])('are refused in %j, which lacks a column', async (content) => {
    await expect(rowsOf(content)).rejects.toMatchObject({ message: expect.stringMatching(/has no column "/) })
  })
})
