import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { Automatic1111 } from './automatic1111/back-end.ts'
import type { BackEnd, Picture } from './back-end.ts'
import { ComfyUi } from './comfyui/back-end.ts'
import { textToImage } from './comfyui/text-to-image.double.ts'
import { OpenAiImages } from './openai-images/back-end.ts'

type Route = (response: ServerResponse, path: string) => unknown
const json =
  (body: unknown, status = 200): Route =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

/** A server that answers by the first part of its routes that a path begins with. */
async function withServer<T>(routes: Record<string, Route>, work: (url: string) => Promise<T>): Promise<T> {
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    const route = Object.entries(routes).find(([start]) => path.startsWith(start))?.[1]
    request.resume().on('end', () => (route ? route(response, path) : response.writeHead(404).end()))
  })
  server.on('upgrade', (_, socket) => socket.destroy())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

const png = async (format: 'png' | 'gif' | 'jpeg' = 'png') =>
  sharp({ create: { width: 16, height: 12, channels: 3, background: '#123456' } })
    .toFormat(format)
    .toBuffer()
const painted = (backEnd: BackEnd, more = {}) => backEnd.generate({ prompt: 'a fox', seed: 7, ...more })

describe('AUTOMATIC1111', () => {
  const paint = (txt2img: Route, more: Record<string, Route> = {}) =>
    withServer(
      { ...more, '/sdapi/v1/txt2img': txt2img, '/sdapi/v1/progress': json({ progress: 0, state: {} }) },
      (url) => painted(new Automatic1111({ url, pollMs: 1 })),
    )
  const answer = (image: string, info: object) => json({ images: [image], info: JSON.stringify(info) })

  test('that tells nothing of a picture’s parameters leaves them unknown: the request is not repeated on trust', async () => {
    const [picture] = await paint(answer((await png()).toString('base64'), {}))
    expect(picture?.parameters).toEqual({
      prompt: '',
      negativePrompt: '',
      seed: null,
      steps: null,
      sampler: null,
      cfg: null,
      model: null,
    })
  })

  test('that used another seed than asked for is believed', async () => {
    const [picture] = await paint(
      answer((await png()).toString('base64'), { all_seeds: [99], all_prompts: ['a fox, x'] }),
    )
    expect(picture?.parameters).toMatchObject({ seed: 99, prompt: 'a fox, x' })
  })

  test('that sends a data address in place of base64 is understood', async () => {
    const [picture] = await paint(answer(`data:image/png;base64,${(await png()).toString('base64')}`, {}))
    expect(picture).toMatchObject({ width: 16, height: 12, mediaType: 'image/png' })
  })

  test('that sends a grid first is asked for the picture behind it', async () => {
    const images = [(await png('jpeg')).toString('base64'), (await png()).toString('base64')]
    const [picture] = await paint(json({ images, info: JSON.stringify({ index_of_first_image: 1 }) }))
    expect(picture?.mediaType).toBe('image/png')
  })

  test.each<[string, Route]>([
    ['an index past its pictures', json({ images: ['eA=='], info: '{"index_of_first_image": 5}' })],
    ['pictures in an object', json({ images: { 0: 'eA==' }, info: '{}' })],
    ['info that is an object', json({ images: ['eA=='], info: {} })],
    ['null', json(null)],
    ['a list', json([])],
  ])('that answers with %s is malformed', async (_, route) => {
    await expect(paint(route)).rejects.toMatchObject({
      outcome: 'generator_malformed',
      message: expect.stringContaining('without a picture'),
    })
  })

  test('that sends a GIF is malformed: nothing reads it later', async () => {
    await expect(paint(answer((await png('gif')).toString('base64'), {}))).rejects.toMatchObject({
      message: expect.stringContaining('the format is gif'),
    })
  })

  test('whose progress is broken paints all the same', async () => {
    const body = { images: [(await png()).toString('base64')], info: '{}' }
    const routes = { '/sdapi/v1/txt2img': json(body), '/sdapi/v1/progress': json('broken', 500) }
    const pictures = await withServer(routes, (url) =>
      new Automatic1111({ url, pollMs: 1 }).generate({ prompt: 'a fox' }, { onProgress: () => undefined }),
    )
    expect(pictures).toHaveLength(1)
  })

  test.each([{ samplers: null }, 'x', null])('that answers %j for its samplers has none', async (body) => {
    expect(
      await withServer({ '/sdapi/v1/samplers': json(body) }, (url) => new Automatic1111({ url }).samplers()),
    ).toEqual([])
  })

  test('whose models are no list says so', async () => {
    const models = withServer({ '/sdapi/v1/sd-models': json({ error: 'x' }) }, (url) =>
      new Automatic1111({ url }).models(),
    )
    await expect(models).rejects.toThrow(/answered with what is no list of models\.$/)
  })
})

describe('ComfyUI', () => {
  const idOf = (path: string) => path.split('/')[2] as string
  const history =
    (entry: object): Route =>
    (response, path) =>
      json({ [idOf(path)]: entry })(response, path)
  const saved = {
    outputs: { 9: { images: [{ filename: 'a.png', type: 'output' }] } },
    status: { status_str: 'success' },
  }
  const paint = async (routes: Record<string, Route>) => {
    const bytes = await png()
    const usual: Record<string, Route> = {
      '/prompt': (response) => json({ prompt_id: 'job', node_errors: {} })(response, ''),
      '/history/': history(saved),
      '/queue': json({ queue_running: [], queue_pending: [] }),
      '/view': (response) => response.writeHead(200, { 'content-type': 'image/png' }).end(bytes),
    }
    return withServer(
      { ...routes, ...Object.fromEntries(Object.entries(usual).filter(([path]) => !(path in routes))) },
      (url) => painted(new ComfyUi({ url, workflow: { name: 'mine.json', json: textToImage() }, pollMs: 1 })),
    )
  }

  test('without events and with its own ids paints', async () => {
    const [picture] = await paint({})
    expect(picture).toMatchObject({ width: 16, height: 12, parameters: { seed: 7, prompt: 'a fox' } })
  })

  test.each<[string, Record<string, Route>, string, RegExp]>([
    ['no job', { '/prompt': json({}) }, 'generator_malformed', /answered with what is no job\.$/],
    ['no history', { '/history/': json([]) }, 'generator_malformed', /answered with what is no history\.$/],
    [
      'no queue',
      { '/history/': json({}), '/queue': json({}) },
      'generator_malformed',
      /answered with what is no queue\.$/,
    ],
    [
      'a job that is nowhere',
      { '/history/': json({}) },
      'generator_error',
      /lost the job: it is neither queued nor done\.$/,
    ],
    [
      'no picture',
      { '/history/': history({ outputs: {} }) },
      'generator_malformed',
      /finished without a picture; the workflow must end in a Save Image node\.$/,
    ],
    ['a picture that is gone', { '/view': json({}, 404) }, 'generator_invalid', /HTTP 404/],
    [
      'a picture that is a web page',
      { '/view': (response) => response.end('<html>') },
      'generator_malformed',
      /can't be read/,
    ],
    [
      'a workflow without outputs',
      { '/prompt': json({ error: { message: 'Prompt has no outputs' } }, 400) },
      'generator_invalid',
      /HTTP 400: Prompt has no outputs$/,
    ],
    [
      'a failure',
      { '/history/': history({ outputs: {}, status: { status_str: 'error', messages: [] } }) },
      'generator_error',
      /failed: node \?: it failed\.$/,
    ],
  ])('that has %s is told apart', async (_, routes, outcome, message) => {
    const error = await paint(routes).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ outcome, message: expect.stringMatching(message) })
  })
})

describe('an images API', () => {
  const paint = (route: Route, options = {}) =>
    withServer({ '/v1/images': route }, (url) =>
      painted(new OpenAiImages({ url: `${url}/v1`, model: 'm', ...options })),
    )

  test('that sends more pictures than asked for gives as many as asked for', async () => {
    const one = { b64_json: (await png()).toString('base64') }
    expect(await paint(json({ data: [one, one, one] }))).toHaveLength(1)
  })

  test('that changed the prompt says so, and the changed one is kept', async () => {
    const data = [{ b64_json: (await png()).toString('base64'), revised_prompt: 'a red fox' }]
    expect((await paint(json({ data })))[0]?.parameters.prompt).toBe('a red fox')
  })

  test.each<[string, unknown, RegExp]>([
    ['nothing', {}, /no list of pictures/],
    ['an empty list', { data: [] }, /no list of pictures/],
    ['a list of texts', { data: ['x'] }, /no list of pictures/],
    ['an entry without a picture', { data: [{}] }, /answered without a picture\.$/],
    ['an empty picture', { data: [{ b64_json: '' }] }, /answered without a picture\.$/],
    [
      'an address that nobody fetches',
      { data: [{ url: 'https://x.invalid/1.png' }] },
      /an address in place of a picture\.$/,
    ],
    ['what is no picture', { data: [{ b64_json: 'aGVsbG8=' }] }, /can't be read/],
  ])('that sends %s is malformed', async (_, body, message) => {
    await expect(paint(json(body))).rejects.toMatchObject({
      outcome: 'generator_malformed',
      message: expect.stringMatching(message),
    })
  })

  test('that gives an address has it fetched by whoever may', async () => {
    const asked: string[] = []
    const bytes = await png()
    const download = async (url: string) => {
      asked.push(url)
      return bytes
    }
    const pictures: readonly Picture[] = await paint(json({ data: [{ url: 'https://x.invalid/1.png' }] }), { download })
    expect(asked).toEqual(['https://x.invalid/1.png'])
    expect(pictures[0]).toMatchObject({ width: 16, mediaType: 'image/png' })
  })
})
