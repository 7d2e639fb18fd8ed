import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FileMemory } from './file-memory.ts'
import type { SourceFile } from './source-files.ts'

let workspace: string
let path: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-memory-'))
  path = join(workspace, 'ingest', 'files.jsonl')
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

const file = (name: string, state = 'as it was') => ({ path: name, state }) as SourceFile

describe('the memory of files that were taken in', () => {
  it('knows none at first, and what was noted at once and after a restart', async () => {
    const memory = await FileMemory.open(workspace)
    expect(memory.has(file('a.png'))).toBe(false)
    await memory.add([file('a.png'), file('b.png')])
    for (const one of [memory, await FileMemory.open(workspace)]) {
      expect([one.has(file('a.png')), one.has(file('b.png')), one.has(file('c.png'))]).toEqual([true, true, false])
    }
  })

  it('knows a file only as it was last: neither changed, nor as it was before', async () => {
    const memory = await FileMemory.open(workspace)
    await memory.add([file('a.png', 'one')])
    await memory.add([file('a.png', 'two')])
    for (const one of [memory, await FileMemory.open(workspace)]) {
      expect([one.has(file('a.png', 'one')), one.has(file('a.png', 'two'))]).toEqual([false, true])
    }
  })

  it('keeps names of any kind apart', async () => {
    const names = ['a b', 'a\nb', 'a"b', 'ä', 'a\u0308', '["a","b"]', '']
    await (await FileMemory.open(workspace)).add(names.map((name) => file(name, name)))
    const memory = await FileMemory.open(workspace)
    for (const name of names) expect([name, memory.has(file(name, name))]).toEqual([name, true])
    expect(memory.has(file('a', 'a'))).toBe(false)
  })

  it.each<[string, string]>([
    ['was cut short by a crash', '["b.png","as it'],
    ['is of another form', '{"path":"b.png"}'],
    ['has too much', '["b.png","as it was","more"]'],
    ['has a number for a state', '["b.png",1]'],
    ['is no text at all', '\u0000\u0000'],
  ])('passes over a line that %s, and goes on after it', async (_, broken) => {
    await (await FileMemory.open(workspace)).add([file('a.png')])
    await appendFile(path, broken)
    const memory = await FileMemory.open(workspace)
    expect([memory.has(file('a.png')), memory.has(file('b.png'))]).toEqual([true, false])
    await memory.add([file('c.png')])
    const again = await FileMemory.open(workspace)
    expect([again.has(file('a.png')), again.has(file('c.png'))]).toEqual([true, true])
  })

  it('of nothing new is left as it is', async () => {
    await mkdir(join(workspace, 'ingest'))
    await writeFile(path, '["a.png","as it was"]\n')
    await (await FileMemory.open(workspace)).add([])
    expect(await readFile(path, 'utf8')).toBe('["a.png","as it was"]\n')
  })

  it('is not left half noted where it cannot be written', async () => {
    const memory = await FileMemory.open(workspace)
    await rm(join(workspace, 'ingest'), { recursive: true })
    await writeFile(join(workspace, 'ingest'), 'in the way')
    await expect(memory.add([file('a.png')])).rejects.toThrow()
    expect(memory.has(file('a.png'))).toBe(false)
  })
})
