import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TextLine, textLines } from './text-lines.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-lines-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function linesOf(content: string | Buffer, longest?: number): Promise<TextLine[]> {
  const path = join(folder, 'lines')
  await writeFile(path, content)
  const found: TextLine[] = []
  for await (const line of textLines(path, longest)) found.push(line)
  return found
}

const shown = (lines: TextLine[]) => lines.map(({ number, text }) => `${number}:${text ?? '-'}`)

describe('the lines of a file', () => {
  it('are numbered as an editor does, blank ones left out, the last with or without an ending', async () => {
    expect(shown(await linesOf('a\n\n  \nb\r\nc'))).toEqual(['1:a', '4:b\r', '5:c'])
    expect(shown(await linesOf('a\n'))).toEqual(['1:a'])
    expect(await linesOf('')).toEqual([])
  })

  it('are whole where they go over the pieces that a file is read in', async () => {
    const long = 'é'.repeat(200_000)
    const lines = await linesOf(`${long}\n${long}x\nend`)
    expect(lines.map(({ text }) => text?.length)).toEqual([200_000, 200_001, 3])
    expect(lines[1]?.text?.endsWith('éx')).toBe(true)
  })

  it('have no text where they are longer than the limit, and the next one is there again', async () => {
    expect(shown(await linesOf(`1234567890\n12345678901\n${'x'.repeat(1_000_000)}\nok`, 10))).toEqual([
      ...['1:1234567890', '2:-', '3:-', '4:ok'],
    ])
  })

  it('have no text where they are no UTF-8', async () => {
    expect(shown(await linesOf(Buffer.from([0x61, 0x0a, 0xff, 0xfe, 0x0a, 0x62])))).toEqual(['1:a', '2:-', '3:b'])
  })
})
