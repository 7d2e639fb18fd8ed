import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TINY, writeSyntheticModel } from '@promptloom/clip/synthetic/synthetic-model'
import { answerSchema, hitSchema } from '@promptloom/search/answer'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { callProgram, runProgram, startProgram } from './program.double.ts'

let folder: string
let place: string[]
const SUBJECTS = ['cat', 'castle', 'robot', 'whale', 'teapot', 'dragon']

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-search-cli-'))
  const model = join(folder, 'model')
  await writeSyntheticModel(model, TINY)
  const lines = ['id,prompt,url,width,height,source_site']
  for (const [at, subject] of SUBJECTS.entries()) {
    const background = { r: 40 * at, g: 200 - 30 * at, b: 90 }
    await sharp({ create: { width: 120, height: 100, channels: 3, background } })
      .jpeg()
      .toFile(join(folder, `${at}.jpg`))
    lines.push(`id-${at},"a ${subject} on a hill, oil on canvas",${at}.jpg,120,100,here`)
  }
  await writeFile(join(folder, 'prompts.csv'), `${lines.join('\n')}\n`)
  const workspace = join(folder, 'workspace')
  const configuration = { workspace, model, source: join(folder, 'prompts.csv'), 'fetch-images': { localRoot: folder } }
  await writeFile(join(folder, 'my.yaml'), JSON.stringify(configuration))
  const { code, stderr } = await callProgram(['run', '--config', join(folder, 'my.yaml'), '--to', 'build-index'])
  expect(code, stderr).toBe(0)
  place = ['--workspace', workspace]
}, 180_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('promptloom search', () => {
  it('prints an array of hits, best first, and nothing else', async () => {
    const { code, stdout } = await runProgram([
      'search',
      'a robot on a hill, oil on canvas',
      '-k',
      '3',
      '--json',
      ...place,
    ])
    expect(code).toBe(0)
    const hits = z.array(hitSchema).parse(JSON.parse(stdout))
    expect(hits).toHaveLength(3)
    expect(hits[0]).toMatchObject({ id: 'id-2', prompt: 'a robot on a hill, oil on canvas', url: '2.jpg' })
    expect(hits[0]?.distance).toBeCloseTo(0, 4)
  })

  it('prints a table that says what it found, and writes a contact sheet', async () => {
    const sheet = join(folder, 'sheet.png')
    const like = join(folder, '4.jpg')
    const { code, stdout } = await callProgram([
      'search',
      '--like',
      like,
      '--find',
      'pictures',
      '--sheet',
      sheet,
      ...place,
    ])
    expect(code).toBe(0)
    expect(stdout).toMatch(/│ 1 │.*a teapot on a hill/)
    expect(stdout).toContain(`Contact sheet: ${sheet}`)
    expect((await sharp(await readFile(sheet)).metadata()).format).toBe('png')
  })

  it('prints the whole answer where that is asked for', async () => {
    const { stdout } = await callProgram(['search', 'whale', '--hybrid', '--answer', ...place])
    const answer = answerSchema.parse(JSON.parse(stdout))
    expect(answer.hits[0]?.prompt).toContain('whale')
    expect(answer.hits[0]?.why.map(({ route }) => route)).toContain('keywords')
  })

  it('tells mistakes in one sentence and ends with 2', async () => {
    const other = join(folder, 'other')
    await writeSyntheticModel(other, TINY, { seed: 3 })
    const cases: [string[], RegExp][] = [
      [[...place], /needs at least one term/],
      [['--like', 'http://127.0.0.1:9/a.png', ...place], /cannot be fetched/],
      [['--like', join(folder, 'my.yaml'), ...place], /cannot be used, not an image/],
      [['a', '--model', other, ...place], /vectors of two models cannot be compared/],
      [['a', '--min-rating', '9', ...place], /minRating/],
      [['a', '-k', 'many', ...place], /whole number/],
    ]
    for (const [args, message] of cases) {
      const { code, stdout, stderr } = await callProgram(['search', ...args])
      expect(stderr).toMatch(message)
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).not.toMatch(/^ {4}at /m)
    }
  }, 120_000)
})

describe('promptloom calibrate', () => {
  it('prints both rates of each kind of question, and searches show them', async () => {
    const { code, stdout, stderr } = await callProgram(['calibrate', '--json', ...place])
    expect(code, stderr).toBe(0)
    // Six rows are too few known pairs: nothing is claimed.
    expect(JSON.parse(stdout)).toEqual([])
    const answer = JSON.parse((await callProgram(['search', 'cat', '--answer', ...place])).stdout)
    expect(answer.cutoff).toMatchObject({ state: 'uncalibrated', score: null })
  }, 120_000)
})

describe('promptloom serve', () => {
  it('answers over HTTP until it is told to end', async () => {
    const child = startProgram(['serve', '--port', '0', ...place])
    let said = ''
    child.stdout?.on('data', (chunk) => (said += chunk))
    await expect.poll(() => said, { timeout: 60_000 }).toMatch(/Serving http:\/\/127\.0\.0\.1:\d+/)
    const url = /http:\/\/[\d.:]+/.exec(said)?.[0]
    const response = await fetch(`${url}/api/search?q=castle&k=1`)
    expect(answerSchema.parse(await response.json()).hits).toHaveLength(1)
    child.kill('SIGTERM')
    const [code] = await once(child, 'close')
    expect(code).toBe(0)
  }, 120_000)

  it('makes a token when it listens wider, and asks for it', async () => {
    const child = startProgram(['serve', '--port', '0', '--host', '0.0.0.0', ...place])
    let said = ''
    child.stdout?.on('data', (chunk) => (said += chunk))
    await expect.poll(() => said, { timeout: 60_000 }).toMatch(/Token of this start: \S+/)
    const port = /:(\d+),/.exec(said)?.[1]
    const token = /Token of this start: (\S+)/.exec(said)?.[1]
    const status = (headers = {}) => fetch(`http://127.0.0.1:${port}/api/status`, { headers }).then((one) => one.status)
    expect(await status()).toBe(401)
    expect(await status({ authorization: `Bearer ${token}` })).toBe(200)
    child.kill('SIGTERM')
    await once(child, 'close')
  }, 120_000)
})
