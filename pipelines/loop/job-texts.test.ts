import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { forgetJobTexts, jobFolders } from './job-texts.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-job-texts-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

const END = { type: 'end', job: { id: 'j', request: { prompt: 'a secret' }, variants: [] } }
const forgotten = { ids: new Set(['row-3']), prompts: new Set(['a secret']) }

async function putJob(name: string, events: readonly object[], cut = ''): Promise<string> {
  const folder = join(workspace, 'studio', 'jobs', name)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'job.json'), `${JSON.stringify({ job: { request: { prompt: 'a secret' } } })}\n`)
  await writeFile(join(folder, 'events.jsonl'), events.map((event) => `${JSON.stringify(event)}\n`).join('') + cut)
  return folder
}

const events = async (folder: string) => readFile(join(folder, 'events.jsonl'), 'utf8')

describe('what jobs have written down', () => {
  it('loses forgotten prompts, by their words or by the row that has them, and nothing else', async () => {
    const neighbours = [
      { id: 'row-3', prompt: 'strange words', similarity: 0.5 },
      { id: 'row-4', prompt: 'not a secret', similarity: 0.4 },
    ]
    const variant = { prompt: 'a secret', reason: 'because', neighbours: ['row-3'] }
    const shown = { type: 'neighbours', neighbours }
    const folder = await putJob('one', [shown, { type: 'variant', position: 0, variant }, END])
    await forgetJobTexts(workspace, forgotten)
    const lines = (await events(folder)).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { ...shown, neighbours: [{ ...neighbours[0], prompt: '(forgotten)' }, neighbours[1]] },
      { type: 'variant', position: 0, variant: { ...variant, prompt: '(forgotten)' } },
      { type: 'end', job: { ...END.job, request: { prompt: '(forgotten)' } } },
    ])
    expect(await readFile(join(folder, 'job.json'), 'utf8')).toBe('{"job":{"request":{"prompt":"(forgotten)"}}}\n')
  })

  it('stays as it is, to the byte, where nothing of it was forgotten', async () => {
    const folder = await putJob('one', [{ ...END, job: { id: 'row-3' } }])
    await writeFile(join(folder, 'job.json'), '{ "spaced":  true }\n')
    const before = await events(folder)
    await forgetJobTexts(workspace, forgotten)
    expect(await events(folder)).toBe(before)
    expect(await readFile(join(folder, 'job.json'), 'utf8')).toBe('{ "spaced":  true }\n')
  })

  it('is left alone while the job is at work: an event must not be lost', async () => {
    const again = { type: 'again', job: END.job }
    for (const [name, said, cut] of [
      ['working', [END, again], ''],
      ['cut', [again], '{"type":"end'],
      ['new', [], ''],
    ] as const) {
      const folder = await putJob(name, said, cut)
      const before = await events(folder)
      await forgetJobTexts(workspace, forgotten)
      expect([name, await events(folder)]).toEqual([name, before])
    }
  })
})

describe('the folders of jobs', () => {
  it('are none where no studio was opened, and no stray files', async () => {
    expect(await jobFolders(workspace)).toEqual([])
    const folder = await putJob('one', [])
    await writeFile(join(workspace, 'studio', 'jobs', 'stray'), '')
    expect(await jobFolders(workspace)).toEqual([folder])
  })
})
