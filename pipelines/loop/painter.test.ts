import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { automatic1111Double } from '@promptloom/generate/automatic1111/automatic1111.double'
import { comfyUiDouble } from '@promptloom/generate/comfyui/comfyui.double'
import { textToImage } from '@promptloom/generate/comfyui/text-to-image.double'
import { imagesDouble } from '@promptloom/generate/openai-images/images.double'
import { loopback } from '@promptloom/http/loopback.double'
import { describe, expect, it } from 'vitest'
import { generateOptions } from './generate-options.ts'
import { openPainter } from './painter.ts'

const open = (options: object, from: Record<string, string> = {}) =>
  openPainter({ generate: generateOptions.parse(options), 'fetch-images': { contact: '' } }, from)

describe('the painter that the configuration means', () => {
  it('is the stand-in where nothing is configured, and says so', async () => {
    await using painter = await open({})
    expect(painter.describe()).toMatchObject({ kind: 'sketch', standIn: true })
  })

  it('is AUTOMATIC1111, with its password from the environment', async () => {
    await using double = await automatic1111Double({ credentials: 'ada:pass:word' })
    const options = { painter: { kind: 'automatic1111', url: double.url } }
    await using painter = await open(options, { AUTOMATIC1111_AUTH: 'ada:pass:word' })
    expect(painter.describe()).toMatchObject({ kind: 'automatic1111', standIn: false })
    expect(await painter.generate({ prompt: 'a cat', seed: 3 })).toHaveLength(1)
    await using stranger = await open({ ...options, attempts: 1 })
    const refusal = { outcome: 'generator_denied', message: expect.stringContaining('set AUTOMATIC1111_AUTH') }
    await expect(stranger.generate({ prompt: 'a cat' })).rejects.toMatchObject(refusal)
  })

  it('is ComfyUI with the workflow of a file', async () => {
    await using double = await comfyUiDouble()
    const folder = await mkdtemp(join(tmpdir(), 'promptloom-workflow-'))
    const workflow = join(folder, 'mine.json')
    await writeFile(workflow, JSON.stringify(textToImage()))
    await using painter = await open({ painter: { kind: 'comfyui', url: double.url, workflow } })
    expect(painter.describe().label).toContain('mine')
    expect(await painter.generate({ prompt: 'a cat' })).toHaveLength(1)
    await rm(folder, { recursive: true })
    const missing = open({ painter: { kind: 'comfyui', url: double.url, workflow } })
    await expect(missing).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('mine.json') })
  })

  it('is an images API, with its key from the environment', async () => {
    await using double = await imagesDouble({})
    const options = { painter: { kind: 'openai-images', url: double.url, model: 'm' } }
    await using painter = await open(options, { OPENAI_API_KEY: 'secret' })
    await painter.generate({ prompt: 'a cat' })
    expect(double.asked[0]).toMatchObject({ authorization: 'Bearer secret', body: { model: 'm', prompt: 'a cat' } })
  })

  it.each([
    ['an unknown kind', { painter: { kind: 'dall-e' } }],
    ['no address', { painter: { kind: 'comfyui', url: 'localhost', workflow: 'w.json' } }],
    ['a key of another kind', { painter: { kind: 'sketch', url: 'http://127.0.0.1' } }],
    ['steps below one', { steps: 0 }],
  ])('with %s is refused before anything is asked', async (_, options) => {
    expect(generateOptions.safeParse(options).success).toBe(false)
  })
})

describe('the secret of a painter', () => {
  const imagesAt = (url: string, more: object = {}) => ({
    painter: { kind: 'openai-images', url, model: 'm', ...more },
  })
  const keys = { OPENAI_API_KEY: 'sk-openai', MY_KEY: 'sk-mine', AUTOMATIC1111_AUTH: 'a:b', COMFYUI_TOKEN: 't' }

  it('is that of the variable which the configuration names', async () => {
    await using double = await imagesDouble({})
    await using painter = await open(imagesAt(double.url, { keyEnv: 'MY_KEY' }), keys)
    await painter.generate({ prompt: 'a cat' })
    expect(double.asked[0]?.authorization).toBe('Bearer sk-mine')
  })

  it.each([307, 302])('is not handed on by a redirect (%i), nor is the prompt', async (status) => {
    await using other = await imagesDouble({})
    const location = `${other.url}/images/generations`
    await using double = await imagesDouble({ status, headers: { location } })
    await using painter = await open(imagesAt(double.url), keys)
    const refusal = { outcome: 'generator_invalid', message: expect.stringContaining(`it redirects to ${location}`) }
    await expect(painter.generate({ prompt: 'a cat' })).rejects.toMatchObject(refusal)
    expect(other.asked).toEqual([])
  })

  it('is not handed on by other servers either', async () => {
    const told: (string | undefined)[] = []
    await using other = await loopback((request, response) => {
      told.push(`${request.method} ${request.headers.authorization}`)
      response.end('{}')
    })
    await using server = await loopback((request, response) => {
      request.resume()
      response.writeHead(307, { location: other.origin + request.url }).end()
    })
    await using painter = await open({ painter: { kind: 'automatic1111', url: server.origin }, attempts: 1 }, keys)
    await expect(painter.generate({ prompt: 'a cat' })).rejects.toMatchObject({ outcome: 'generator_invalid' })
    expect(told).toEqual([])
    // What is only looked up may be elsewhere, and is asked for without the secret.
    await expect(painter.generate({ prompt: 'a cat', model: 'm' })).rejects.toThrow()
    expect(told).toEqual(['GET undefined'])
  })

  it.each([
    ['AUTOMATIC1111_AUTH', { kind: 'automatic1111', url: 'http://192.0.2.1:7860' }],
    ['COMFYUI_TOKEN', { kind: 'comfyui', url: 'http://192.0.2.1:8188', workflow: 'w.json' }],
    ['MY_KEY', { kind: 'openai-images', url: 'http://192.0.2.1/v1', model: 'm', keyEnv: 'MY_KEY' }],
  ])('%s does not go to another machine unencrypted, unless that is accepted', async (variable, painter) => {
    const refusal = { exitCode: 2, message: expect.stringContaining(`${variable} would go to http://192.0.2.1`) }
    await expect(open({ painter }, keys)).rejects.toMatchObject(refusal)
    if (painter.kind === 'comfyui') return
    await using accepted = await open({ painter: { ...painter, plainHttp: true } }, keys)
    expect(accepted.describe().kind).toBe(painter.kind)
  })

  it('of no known form is not taken for one', async () => {
    const painter = { kind: 'automatic1111', url: 'http://127.0.0.1:7860' }
    const refusal = { exitCode: 2, message: expect.stringMatching(/^AUTOMATIC1111_AUTH has no colon/) }
    await expect(open({ painter }, { AUTOMATIC1111_AUTH: 'secret' })).rejects.toMatchObject(refusal)
  })
})

describe('what the configuration says of pictures', () => {
  it('holds where a request does not say otherwise', async () => {
    await using double = await automatic1111Double()
    const painter = { kind: 'automatic1111', url: double.url }
    await using configured = await open({ painter, steps: 12, negativePrompt: 'blurry', cfg: 5 })
    await configured.generate({ prompt: 'a cat', cfg: 9 })
    expect(double.painted[0]).toMatchObject({ steps: 12, negative_prompt: 'blurry', cfg_scale: 9 })
  })
})

describe('a failure', () => {
  it('that another try can cure is tried again', async () => {
    await using double = await automatic1111Double({ fail: { status: 503, body: 'busy', at: 1 } })
    await using painter = await open({ painter: { kind: 'automatic1111', url: double.url } })
    expect(await painter.generate({ prompt: 'a cat' })).toHaveLength(1)
  })

  it('that none can cure is told at once', async () => {
    await using double = await imagesDouble({ status: 400, body: '{"error":{"message":"no such size"}}' })
    await using painter = await open({ painter: { kind: 'openai-images', url: double.url, model: 'm' } })
    await expect(painter.generate({ prompt: 'a cat' })).rejects.toMatchObject({ outcome: 'generator_invalid' })
    expect(double.asked).toHaveLength(1)
  })
})
