import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { logSearch, mostSearched } from './search-log.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-searches-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

const path = () => join(workspace, 'events', 'searches.jsonl')
const ask = (...texts: string[]) => logSearch(workspace, { terms: texts.map((text) => ({ text })) })

describe('the log of searches', () => {
  it('holds the words and the time, and nothing else', async () => {
    const secret = {
      terms: [{ text: ' a cat ' }, { upload: 'face.png' }, { id: 'row-1' }],
      filters: { sources: ['x'] },
    }
    await logSearch(workspace, secret)
    const line = JSON.parse(await readFile(path(), 'utf8'))
    expect(line).toEqual({ prompt: 'a cat', at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) })
  })

  it.each([
    ['questions by picture alone', { terms: [{ upload: 'face.png' }] }],
    ['questions without terms', {}],
    ['blank words', { terms: [{ text: '  ' }] }],
    ['what is not wanted', { terms: [{ text: 'people', weight: -0.5 }] }],
    ['further pages of a question', { terms: [{ text: 'a cat' }], page: 2 }],
  ])('leaves out %s', async (_, question: object) => {
    await logSearch(workspace, question)
    await expect(readFile(path())).rejects.toThrow('ENOENT')
  })

  it('never keeps anybody from searching: a log that cannot be written is passed over', async () => {
    await writeFile(join(workspace, 'events'), 'a file where the folder should be')
    await ask('a cat')
    expect(await readFile(join(workspace, 'events'), 'utf8')).toMatch(/^a file/)
  })
})

describe('what is asked most', () => {
  it('counts the same words once, whatever their case and blanks, and names the first spelling', async () => {
    for (const prompt of ['dog', 'A  Cat', 'a cat', 'bird', 'dog', 'a CAT']) await ask(prompt)
    expect(await mostSearched(workspace, 10)).toEqual([
      { prompt: 'A  Cat', times: 3 },
      { prompt: 'dog', times: 2 },
      { prompt: 'bird', times: 1 },
    ])
    expect(await mostSearched(workspace, 1)).toHaveLength(1)
  })

  it('joins the terms of one question', async () => {
    await ask('castle', 'at night')
    expect(await mostSearched(workspace, 1)).toEqual([{ prompt: 'castle, at night', times: 1 }])
  })

  it('passes over a line that a crash cut short', async () => {
    await ask('a cat')
    await appendFile(path(), '{"prompt":"a d')
    expect(await mostSearched(workspace, 10)).toEqual([{ prompt: 'a cat', times: 1 }])
  })

  it('is nothing where nobody asked', async () => {
    await mkdir(join(workspace, 'events'))
    expect(await mostSearched(workspace, 10)).toEqual([])
  })
})
