import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { type HubDouble, startHub } from './hub.double.ts'
import { type PullOptions, pullModel } from './hub.ts'
import { SOURCE_FILE } from './model-source.ts'

const TEXT = 'onnx/text_model.onnx'
const FILES: Record<string, Buffer> = {
  'config.json': Buffer.from('{"model_type":"clip"}'),
  'tokenizer.json': randomBytes(5000),
  'tokenizer_config.json': Buffer.from('{}'),
  'preprocessor_config.json': Buffer.from('{ }'),
  [TEXT]: randomBytes(300_000),
  'onnx/text_model_fp16.onnx': randomBytes(2000),
  'onnx/vision_model.onnx': randomBytes(100_000),
  'onnx/vision_model_quantized.onnx': randomBytes(2000),
  'pytorch_model.bin': randomBytes(2000),
}

let directory: string
beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'promptloom-hub-')), 'clip')
})

function pull(hub: HubDouble, options: Partial<PullOptions> = {}) {
  const backOff = [10, 10]
  return pullModel({ hub: hub.url, repository: 'someone/clip', revision: 'main', directory, backOff, ...options })
}

const stored = async (name: string) => (await readFile(join(directory, name))).equals(FILES[name] as Buffer)
const ranges = (hub: HubDouble) => hub.requests.filter((line) => line.includes(`resolve/${'a'.repeat(40)}/${TEXT}`))

describe('pulling a model', () => {
  it('gets what fp32 needs, checked and pinned to one commit', async () => {
    await using hub = await startHub(FILES)
    const source = await pull(hub)
    expect(source.revision).toBe('a'.repeat(40))
    const names = [
      'config.json',
      TEXT,
      'onnx/vision_model.onnx',
      'preprocessor_config.json',
      'tokenizer.json',
      'tokenizer_config.json',
    ]
    expect(source.files.map((file) => file.name).sort()).toEqual(names)
    for (const name of names) expect(await stored(name)).toBe(true)
    expect((await readdir(join(directory, 'onnx'))).sort()).toEqual(['text_model.onnx', 'vision_model.onnx'])
    expect(JSON.parse(await readFile(join(directory, SOURCE_FILE), 'utf8'))).toEqual(source)
  })

  it('gets other weights when asked', async () => {
    await using hub = await startHub(FILES)
    await pull(hub, { precision: 'fp16' })
    expect(await readdir(join(directory, 'onnx'))).toEqual(['text_model_fp16.onnx'])
  })

  it('names the weights that the repository has where those that were asked for are not among them', async () => {
    await using hub = await startHub(FILES)
    await expect(pull(hub, { precision: 'q4' })).rejects.toMatchObject({
      name: 'HubError',
      exitCode: 2,
      message: expect.stringMatching(
        /^\S+ has no q4 text_model, vision_model or model: it has onnx\/.*; choose another --precision, or another model\.$/,
      ),
    })
  })

  it('asks for nothing twice that is there already', async () => {
    await using hub = await startHub(FILES)
    await pull(hub)
    hub.requests.length = 0
    await pull(hub)
    expect(hub.requests.filter((line) => line.includes('/resolve/'))).toEqual([])
  })

  it('replaces a file whose bytes have changed', async () => {
    await using hub = await startHub(FILES)
    await pull(hub)
    await writeFile(join(directory, TEXT), Buffer.alloc(300_000))
    await pull(hub)
    expect(await stored(TEXT)).toBe(true)
  })

  it('goes on where a connection was cut, as often as it takes', async () => {
    await using hub = await startHub(FILES)
    hub.mischief.set(TEXT, { cutAfter: [70_000, 10_000, 20_000, 30_000] })
    await pull(hub)
    expect(await stored(TEXT)).toBe(true)
    const starts = ranges(hub).map((line) => Number(/bytes=(\d+)-/.exec(line)?.[1] ?? 0))
    expect(starts).toHaveLength(5)
    expect(starts).toEqual([...starts].sort((a, b) => a - b))
    expect(starts[1]).toBeGreaterThan(0)
  })

  it('goes on after it was ended itself', async () => {
    await using hub = await startHub(FILES)
    const controller = new AbortController()
    const listener: PullOptions['listener'] = (event) => {
      if (event.type === 'progress' && event.name === TEXT) controller.abort(new Error('stopped'))
    }
    hub.mischief.set(TEXT, { cutAfter: [50_000] })
    await expect(pull(hub, { signal: controller.signal, listener })).rejects.toThrow('stopped')
    hub.requests.length = 0
    await pull(hub)
    expect(await stored(TEXT)).toBe(true)
    expect(ranges(hub)[0]).toMatch(/bytes=[1-9]\d*-299999$/)
  })

  it('starts over when the bytes are wrong, and gives up when they stay wrong', async () => {
    await using hub = await startHub(FILES)
    hub.mischief.set(TEXT, { wrong: 1 })
    await pull(hub)
    expect(await stored(TEXT)).toBe(true)

    hub.mischief.set('onnx/vision_model.onnx', { wrong: 9 })
    await writeFile(join(directory, 'onnx/vision_model.onnx'), 'old')
    await expect(pull(hub)).rejects.toThrow(
      /onnx\/vision_model.onnx twice came with other bytes.*100000 bytes with sha256/,
    )
    expect((await readdir(join(directory, 'onnx'))).filter((name) => name.endsWith('.partial'))).toEqual([])
  })

  it('checks small files too, by their record in git', async () => {
    await using hub = await startHub(FILES)
    hub.mischief.set('config.json', { wrong: 9 })
    await expect(pull(hub)).rejects.toThrow(/config.json twice came/)
  })

  it('never takes a whole file for the rest of one', async () => {
    await using hub = await startHub(FILES)
    hub.mischief.set(TEXT, { cutAfter: [70_000], noRanges: true })
    await expect(pull(hub)).rejects.toThrow(/answered 200 \(no range\) when asked for bytes from \d+ on/)
  })

  it('waits out a busy hub and a silent one', async () => {
    await using hub = await startHub(FILES)
    hub.mischief.set(TEXT, { status: { code: 503, times: 2 } })
    hub.mischief.set('onnx/vision_model.onnx', { silent: 1 })
    await pull(hub, { stall: 200 })
    expect([await stored(TEXT), await stored('onnx/vision_model.onnx')]).toEqual([true, true])
  })

  it('sends the token to the hub and to nobody else', async () => {
    await using hub = await startHub(FILES)
    hub.token = 'hf_secret'
    await expect(pull(hub, { token: 'hf_wrong' })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('HF_TOKEN'),
    })
    await pull(hub, { token: 'hf_secret' })
    expect(hub.leaked).toEqual([])
  })

  it('says in one sentence what is wrong', async () => {
    await using hub = await startHub(FILES)
    await expect(pull(hub, { repository: 'someone/else' })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/has no someone\/else at main/),
    })
    await expect(pull(hub, { precision: 'q4' })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/no q4 text_model/),
    })
    await expect(pull(hub, { hub: 'http://127.0.0.1:9' })).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(/^The model hub .* can't be reached \(.*\); connect .* HF_ENDPOINT .*\.$/),
    })
  })
})

it('an empty file of the repository is an empty file here, asked for once or never', async () => {
  await using hub = await startHub({ ...FILES, 'special_tokens_map.json': Buffer.alloc(0) })
  const source = await pull(hub)
  expect(source.files.find(({ name }) => name === 'special_tokens_map.json')?.bytes).toBe(0)
  expect(await readFile(join(directory, 'special_tokens_map.json'))).toHaveLength(0)
  expect((await pull(hub)).files).toEqual(source.files)
})
