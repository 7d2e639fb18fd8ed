import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startHub } from '@promptloom/clip/hub.double'
import { TINY, writeSyntheticModel } from '@promptloom/clip/synthetic/synthetic-model'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { main } from '../cli.ts'
import { modelHub } from '../environment.ts'

let said: string[]
/** What the options' own check has written. */
let written: string
beforeEach(() => {
  said = []
  written = ''
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written += String(text)
    return true
  })
  const keep = (...words: unknown[]) => void said.push(words.join(' '))
  vi.spyOn(console, 'log').mockImplementation(keep)
  vi.spyOn(console, 'error').mockImplementation(keep)
  process.exitCode = 0
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  process.exitCode = 0
})

async function tinyFiles() {
  const directory = join(await mkdtemp(join(tmpdir(), 'promptloom-model-')), 'tiny')
  await writeSyntheticModel(directory, TINY)
  const names = await readdir(directory, { recursive: true, withFileTypes: true })
  const paths = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const files = await Promise.all(
    paths.map(async (path) => [path.slice(directory.length + 1), await readFile(path)] as const),
  )
  return { directory, files: Object.fromEntries(files) }
}

describe('promptloom model', () => {
  it('pulls a model from the mirror that the environment names, and proves it', async () => {
    const { files } = await tinyFiles()
    await using hub = await startHub(files)
    hub.token = 'hf_secret'
    vi.stubEnv('HF_ENDPOINT', `${hub.url}/`)
    vi.stubEnv('HF_TOKEN', 'hf_secret')
    const target = join(await mkdtemp(join(tmpdir(), 'promptloom-model-')), 'mine')
    expect(await main(['model', 'pull', 'someone/clip', '--to', target])).toBe(0)
    expect(said.at(-1)).toContain(`promptloom model verify ${target}`)

    said.length = 0
    expect(await main(['model', 'verify', target, '--json', '--device', 'cpu'])).toBe(0)
    const report = JSON.parse(said.join('\n'))
    expect(report).toMatchObject({ dimension: TINY.dimension, precision: 'fp32', device: { device: 'cpu' } })
    expect(report.checks[0]).toMatchObject({ name: 'files', result: 'passed' })
  })

  it('ends with 1 when a check fails', async () => {
    const { directory } = await tinyFiles()
    const photos = await mkdtemp(join(tmpdir(), 'promptloom-photos-'))
    for (const colour of ['red', 'lime', 'blue', 'white', 'black', 'gray']) {
      await sharp({ create: { width: 40, height: 40, channels: 3, background: colour } }).toFile(
        join(photos, `${colour}.png`),
      )
    }
    expect(await main(['model', 'verify', directory, '--photos', photos, '--device', 'cpu'])).toBe(1)
    expect(said.join('\n')).toMatch(/texts and pictures +failed +\d of 6 photos/)
  })

  it('says what a wrong name, kind or folder should be', async () => {
    expect(await main(['model', 'pull', 'not a name'])).toBe(2)
    expect(said.at(-1)).toMatch(/"not a name" names no model; .*owner\/repository/)
    expect(await main(['model', 'pull', '--precision', 'fp64'])).toBe(2)
    expect(written).toMatch(/--precision <kind>' argument 'fp64' is invalid. Allowed choices are auto, fp32/)
    expect(await main(['model', 'verify', '/nowhere'])).toBe(2)
    expect(said.at(-1)).toMatch(/no model directory \/nowhere; run "promptloom model pull"/)
    expect(await main(['model', 'verify', '/nowhere', '--device', 'gpu'])).toBe(2)
    expect(written).toMatch(/--device <name>' argument 'gpu' is invalid. Allowed choices are auto, cpu, cuda/)
    expect(await main(['model', 'verify', '/nowhere', '--golden', '/none'])).toBe(2)
    expect(said.at(-1)).toMatch(/^\/none holds no golden values \(ENOENT.*; give a folder with real-clip-golden\.json/)
    expect(await main(['model', 'verify', '/nowhere', '--photos', '/none'])).toBe(2)
    expect(said.at(-1)).toMatch(/^The folder of pictures \/none can't be read \(ENOENT\)/)
    vi.stubEnv('HF_ENDPOINT', 'mirror.example')
    expect(await main(['model', 'pull'])).toBe(2)
    expect(said.at(-1)).toBe('HF_ENDPOINT is "mirror.example", but must be an address such as https://mirror.example.')
  })

  it('lists models that fit', async () => {
    expect(await main(['model', 'list', '--json'])).toBe(0)
    const [first] = JSON.parse(said.join('\n'))
    expect(first).toMatchObject({
      name: 'clip-vit-base-patch32',
      repository: 'Xenova/clip-vit-base-patch32',
      dimension: 512,
    })
  })

  it('reads mirror and token from the environment alone', () => {
    expect(modelHub({})).toEqual({})
    expect(modelHub({ HF_ENDPOINT: 'https://mirror.example//', HF_TOKEN: 't' })).toEqual({
      hub: 'https://mirror.example',
      token: 't',
    })
  })
})
